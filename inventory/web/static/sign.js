// A signature is drawn into a canvas, and sent as the points of its strokes.
(() => {
  "use strict";
  const pad = document.querySelector("[data-sign]");
  const kept = document.querySelector("[data-sign-strokes]");
  if (!pad || !kept) return;
  const pen = pad.getContext("2d");
  const most = 23000;
  const strokes = kept.value.split(";").filter(Boolean).map((stroke) => stroke.split(" ").map((point) => point.split(",").map(Number)));
  let present = null;
  const draw = () => {
    pen.clearRect(0, 0, pad.width, pad.height);
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#14202b";
    strokes.forEach((stroke) => {
      pen.beginPath();
      pen.moveTo(...stroke[0]);
      (stroke.length > 1 ? stroke : [stroke[0], stroke[0]]).forEach((point) => pen.lineTo(...point));
      pen.stroke();
    });
  };
  const write = () => { kept.value = strokes.map((stroke) => stroke.map((point) => point.join(",")).join(" ")).join(";"); };
  const at = (event) => {
    const box = pad.getBoundingClientRect();
    const into = (value, size, end) => Math.max(0, Math.min(end, Math.round(value / size * end)));
    return [into(event.clientX - box.left, box.width, pad.width), into(event.clientY - box.top, box.height, pad.height)];
  };
  pad.addEventListener("pointerdown", (event) => {
    if (kept.value.length > most || strokes.length >= 100) return;
    pad.setPointerCapture(event.pointerId);
    present = [at(event)];
    strokes.push(present);
    draw();
  });
  pad.addEventListener("pointermove", (event) => {
    if (!present) return;
    const [x, y] = at(event);
    const [a, b] = present[present.length - 1];
    if (Math.hypot(x - a, y - b) < 6 || kept.value.length + present.length * 9 > most) return;
    present.push([x, y]);
    draw();
  });
  ["pointerup", "pointercancel"].forEach((name) => pad.addEventListener(name, () => { present = null; write(); }));
  document.querySelector("[data-sign-clear]").addEventListener("click", () => { strokes.length = 0; write(); draw(); });
  draw();
})();
