// WCAG 1.4.11: a control's border is 3:1 against what lies behind it, unless its own ground is.
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const linear = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = (c) => 0.2126 * linear(c[0]) + 0.7152 * linear(c[1]) + 0.0722 * linear(c[2]);
  const ratio = (a, b) => {
    const [more, less] = [light(a), light(b)].sort((p, q) => q - p);
    return (more + 0.05) / (less + 0.05);
  };
  const behind = (node) => {
    for (let n = node; n; n = n.parentElement) {
      const ground = rgba(getComputedStyle(n).backgroundColor);
      if (ground[3] > 250) return ground;
    }
    return [255, 255, 255, 255];
  };
  const controls = "input:not([type=hidden]):not([type=file]), select, textarea, .btn";
  const bad = [];
  for (const node of document.querySelectorAll(controls)) {
    const box = node.getBoundingClientRect();
    if (!box.width || !box.height || node.closest("dialog:not([open])")) continue;
    const style = getComputedStyle(node);
    const ground = behind(node.parentElement);
    const side = parseFloat(style.borderTopWidth) ? "Top" : "Bottom";
    const drawn = parseFloat(style[`border${side}Width`]) > 0;
    const edge = drawn ? rgba(style[`border${side}Color`]) : [0, 0, 0, 0];
    const own = rgba(style.backgroundColor);
    const best = Math.max(
      edge[3] > 200 ? ratio(edge, ground) : 1,
      own[3] > 200 ? ratio(own, ground) : 1,
    );
    const name = `${node.tagName.toLowerCase()}#${node.id || node.name || node.className}`;
    if (best < 3) bad.push(`${name}: ${best.toFixed(2)}`);
  }
  return bad;
}
