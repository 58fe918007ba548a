<#
.SYNOPSIS
Tells Homeroom what this computer is: Windows, PowerShell 5 or later.

.DESCRIPTION
    $env:HOMEROOM_TOKEN = 'hrm_...'
    powershell -ExecutionPolicy Bypass -File enrol.ps1 -Url https://homeroom.example.org

Run it as an administrator: BitLocker can be read by nobody else. It changes nothing.
Exit codes: 0 told, 1 could not be told, 2 called wrongly, 4 token refused, 5 a person must decide.

.PARAMETER Url
The server; https, or http on this machine.
.PARAMETER TokenFile
Where the enrolment token stands, instead of HOMEROOM_TOKEN. It is never an argument: arguments
can be read by everybody on the machine.
.PARAMETER Tag
The tag on the label that is on the device already.
.PARAMETER NoSoftware
Leave the list of installed software out.
.PARAMETER Print
Show what would be told, and send nothing.
#>
param(
    [string]$Url = '',
    [string]$TokenFile = '',
    [string]$Tag = '',
    [switch]$NoSoftware,
    [switch]$Print
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$MostSoftware = 3000
$MostAdministrators = 200
$MostMacs = 64
$Tries = 4

function Stop-Run([int]$Code, [string]$Message) {
    [Console]::Error.WriteLine('enrol: ' + $Message)
    exit $Code
}

# One line of text without control characters, cut to what the server takes.
function Get-Line($Value, [int]$Most) {
    $text = [regex]::Replace("$Value", '[\x00-\x1f\x7f]', ' ').Trim()
    if ($text.Length -gt $Most) { $text = $text.Substring(0, $Most) }
    return $text
}

function Get-Day($Moment) {
    if ($null -eq $Moment) { return $null }
    return ([datetime]$Moment).ToString('yyyy-MM-dd', [Globalization.CultureInfo]::InvariantCulture)
}

# What a probe gives; $null where it failed, which means unknown and not "none".
function Get-Known([scriptblock]$Probe) {
    try { $found = & $Probe } catch { return $null }
    # A probe without output gives a thing that PowerShell 5 writes as {} in JSON.
    if ($null -eq $found) { return $null }
    return $found
}

# The same for a list, which stays a list with one thing in it, or with nothing.
function Get-KnownList([scriptblock]$Probe) {
    try { return , @(& $Probe) } catch { return $null }
}

# The kind by the number of the case, as SMBIOS counts (DSP0134, 7.4.1).
function Get-Kind([int]$Chassis) {
    switch ($Chassis) {
        { $_ -in 8, 9, 10, 14, 31, 32 } { return 'laptop' }
        30 { return 'tablet' }
        { $_ -in 17, 23, 28, 29 } { return 'server' }
    }
    return 'workstation'
}

function Get-Model($System) {
    # Lenovo keeps what is printed on the case here, and a number of its own in Model.
    if ("$($System.Manufacturer)" -match '^lenovo') {
        $product = Get-Known { (Get-CimInstance Win32_ComputerSystemProduct).Version }
        if ("$product".Trim()) { return $product }
    }
    return $System.Model
}

function Get-Macs {
    try {
        $cards = @(Get-NetAdapter -Physical | ForEach-Object { $_.MacAddress })
    } catch {
        $cards = @(Get-CimInstance Win32_NetworkAdapter -Filter 'PhysicalAdapter = TRUE' |
            ForEach-Object { $_.MACAddress })
    }
    $cards | Where-Object { $_ } | Sort-Object -Unique | Select-Object -First $MostMacs |
        ForEach-Object { Get-Line $_ 40 }
}

function Get-Software {
    $seen = @{}
    $keys = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall',
        'HKLM:\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall'
    foreach ($key in $keys) {
        if (-not (Test-Path $key)) { continue }
        foreach ($entry in Get-ChildItem $key -ErrorAction SilentlyContinue) {
            # Some installers leave values that cannot be read; the others still count.
            try {
                $name = Get-Line ($entry.GetValue('DisplayName')) 300
                $version = Get-Line ($entry.GetValue('DisplayVersion')) 200
                $hidden = ($entry.GetValue('SystemComponent')) -eq 1
            } catch { continue }
            if ($name -and -not $hidden) { $seen["$name`t$version"] = @($name, $version) }
        }
    }
    $seen.Keys | Sort-Object | Select-Object -First $MostSoftware | ForEach-Object {
        [ordered]@{ name = $seen[$_][0]; version = $seen[$_][1] }
    }
}

function Get-Guards {
    $told = 0
    $defender = Get-Known { Get-MpComputerStatus }
    if ($null -ne $defender) {
        $told++
        [ordered]@{
            product = 'Microsoft Defender'
            running = Get-Known { [bool]$defender.RealTimeProtectionEnabled }
            definitions_on = Get-Known { Get-Day $defender.AntivirusSignatureLastUpdated }
        }
    }
    # Windows for workstations only; servers have no Security Center.
    $others = Get-KnownList {
        Get-CimInstance -Namespace 'root/SecurityCenter2' -ClassName AntiVirusProduct
    }
    if ($null -ne $others) { $told++ }
    foreach ($other in @($others | Where-Object { $null -ne $_ })) {
        $name = Get-Line $other.displayName 120
        if (-not $name -or ($null -ne $defender -and $name -match 'Defender')) { continue }
        # Undocumented, but the same since Vista: this bit says that it runs.
        $running = Get-Known { ($other.productState -band 0x1000) -ne 0 }
        [ordered]@{ product = $name; running = $running; definitions_on = $null }
    }
    if ($told -eq 0) { throw 'nothing tells of anti-malware here' }
}

function Get-Encrypted {
    try {
        $status = "$((Get-BitLockerVolume -MountPoint $env:SystemDrive).ProtectionStatus)"
        if ($status -eq 'On') { return $true }
        if ($status -eq 'Off') { return $false }
        return $null
    } catch {
        $space = 'root/cimv2/Security/MicrosoftVolumeEncryption'
        $volume = Get-CimInstance -Namespace $space -ClassName Win32_EncryptableVolume |
            Where-Object { $_.DriveLetter -eq $env:SystemDrive }
        if ($null -eq $volume -or $volume.ProtectionStatus -notin 0, 1) { return $null }
        return ($volume.ProtectionStatus -eq 1)
    }
}

function Get-Firewall {
    # The active store: what group policy made of it, not what this machine alone would have.
    $profiles = @(Get-NetFirewallProfile -PolicyStore ActiveStore)
    if ($profiles.Count -eq 0) { return $null }
    return (@($profiles | Where-Object { "$($_.Enabled)" -ne 'True' }).Count -eq 0)
}

function Get-Administrators {
    # By its number: the group is called otherwise in other languages.
    $sid = 'S-1-5-32-544'
    try {
        $names = @(Get-LocalGroupMember -SID $sid | ForEach-Object { $_.Name })
    } catch {
        # Get-LocalGroupMember fails where an account is gone whose number is still in the group.
        $account = (New-Object Security.Principal.SecurityIdentifier $sid).Translate(
            [Security.Principal.NTAccount]).Value
        $group = [ADSI]"WinNT://./$($account.Split('\')[-1]),group"
        $names = @($group.psbase.Invoke('Members') | ForEach-Object {
            $path = $_.GetType().InvokeMember('ADsPath', 'GetProperty', $null, $_, $null)
            ($path -replace '^WinNT://', '') -replace '/', '\'
        })
    }
    $names | Where-Object { $_ } | Sort-Object -Unique |
        Select-Object -First $MostAdministrators | ForEach-Object { Get-Line $_ 200 }
}

function Get-Report {
    $computer = Get-Known { Get-CimInstance Win32_ComputerSystem }
    $os = Get-Known { Get-CimInstance Win32_OperatingSystem }
    $macs = Get-KnownList { Get-Macs }
    $chassis = Get-Known { @((Get-CimInstance Win32_SystemEnclosure).ChassisTypes)[0] }
    $report = [ordered]@{
        manufacturer = Get-Line (Get-Known { $computer.Manufacturer }) 120
        model = Get-Line (Get-Known { Get-Model $computer }) 200
        serial = Get-Line (Get-Known { (Get-CimInstance Win32_BIOS).SerialNumber }) 120
        kind = Get-Known { if ($null -ne $chassis) { Get-Kind $chassis } }
        name = Get-Line $env:COMPUTERNAME 200
        system = 'windows'
        system_version = Get-Line (Get-Known { "$($os.Caption) $($os.Version)" }) 200
        macs = @($macs | Where-Object { $null -ne $_ })
        encrypted = Get-Known { Get-Encrypted }
        firewall = Get-Known { Get-Firewall }
        antimalware = Get-KnownList { Get-Guards }
        administrators = Get-KnownList { Get-Administrators }
        software = Get-KnownList { Get-Software }
        tag = Get-Line $Tag 64
    }
    if ($NoSoftware) { $report.Remove('software') }
    return $report
}

function Get-Status($Failed) {
    return [int](Get-Known { [int]$Failed.Exception.Response.StatusCode })
}

function Send-Report([string]$Json, [string]$Token) {
    # PowerShell 5 would begin with TLS 1.0, and would send the text as Latin-1.
    [Net.ServicePointManager]::SecurityProtocol =
        [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    $call = @{
        Method = 'Post'
        Uri = "$Url/api/v1/enrolments"
        # One key for all tries: a report whose answer was lost is not counted twice.
        Headers = @{
            Authorization = "Bearer $Token"
            'Idempotency-Key' = 'script-' + [Guid]::NewGuid().ToString('N')
        }
        ContentType = 'application/json'
        Body = [Text.Encoding]::UTF8.GetBytes($Json)
        TimeoutSec = 60
        MaximumRedirection = 0
        UseBasicParsing = $true
    }
    for ($try = 1; ; $try++) {
        try {
            return (Invoke-RestMethod @call)
        } catch {
            $failed = $_
            $status = Get-Status $failed
            $detail = Get-Known { ($failed.ErrorDetails.Message | ConvertFrom-Json).detail }
            if ($status -in 401, 403) {
                Stop-Run 4 "the token was refused (${status}): $(Get-Line $detail 300)"
            }
            if ($status -in 0, 429, 503 -and $try -lt $Tries) {
                Start-Sleep -Seconds (2 * $try)
                continue
            }
            if ($status -eq 0) { Stop-Run 1 "$Url cannot be reached" }
            Stop-Run 1 "the server answered ${status}: $(Get-Line $detail 300)"
        }
    }
}

$token = "$env:HOMEROOM_TOKEN"
if ($TokenFile) {
    try { $token = "$(Get-Content -LiteralPath $TokenFile -TotalCount 1)" }
    catch { Stop-Run 2 "cannot read $TokenFile" }
}
$token = $token.Trim()
if ($Print) {
    ConvertTo-Json (Get-Report) -Compress -Depth 5
    exit 0
}
$Url = $Url.TrimEnd('/')
if ($Url -notmatch '^(https://[^/]|http://(127\.0\.0\.1|localhost)(:|$))') {
    Stop-Run 2 'needs -Url https://...'
}
if (-not $token) { Stop-Run 2 'needs a token: HOMEROOM_TOKEN or -TokenFile' }
if ($token -cnotmatch '^hrm_[A-Za-z0-9_-]+$') { Stop-Run 2 'that is no token of Homeroom' }

$answer = Send-Report (ConvertTo-Json (Get-Report) -Compress -Depth 5) $token
if ($answer.outcome -eq 'conflict') {
    Stop-Run 5 "a person must decide: $(Get-Line (@($answer.reasons) -join '; ') 500)"
}
Write-Output "$($answer.tag)"
[Console]::Error.WriteLine("enrol: $($answer.outcome), tag $($answer.tag)")
exit 0
