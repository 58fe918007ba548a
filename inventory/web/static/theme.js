// Runs before the page is drawn: the theme of the system where none was chosen, and what the
// server cannot know by itself (the browser's time zone).
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    if (root.dataset.theme === "auto") root.dataset.bsTheme = dark.matches ? "dark" : "light";
  };
  apply();
  dark.addEventListener("change", apply);
  root.classList.replace("no-js", "js");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes(`homeroom_zone=${zone}`)) {
    document.cookie = `homeroom_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
  }
})();
