"use strict";
const byId = (id) => document.getElementById(id);
const before = byId("before"), after = byId("after"), time = byId("time"), plot = byId("plot");
const start = Number(time.min), end = Number(time.max);

function show(seconds) {
  time.value = seconds;
  byId("clock").textContent = seconds.toFixed(1) + " s";
  const left = Number(plot.dataset.left), right = Number(plot.dataset.right);
  const share = end > start ? (seconds - start) / (end - start) : 0;
  const width = plot.querySelector("svg").getBoundingClientRect().width;
  byId("now").hidden = false;
  byId("now").style.left = width * (left + share * (right - left)) + "px";
}
function seek(seconds) {
  seconds = Math.min(end, Math.max(start, seconds));
  for (const video of [before, after]) if (video.readyState) video.currentTime = seconds - start;
  show(seconds);
}
function toggle() {
  if (after.paused) { before.currentTime = after.currentTime; before.play().catch(() => {}); after.play().catch(() => {}); }
  else { before.pause(); after.pause(); }
}
byId("play").addEventListener("click", toggle);
after.addEventListener("play", () => { byId("play").textContent = "Pause"; });
after.addEventListener("pause", () => { before.pause(); byId("play").textContent = "Play both"; });
after.addEventListener("timeupdate", () => {
  show(start + after.currentTime);
  if (Math.abs(before.currentTime - after.currentTime) > 0.1) before.currentTime = after.currentTime;
});
time.addEventListener("input", () => seek(Number(time.value)));
plot.addEventListener("click", (event) => {
  const box = plot.querySelector("svg").getBoundingClientRect();
  const left = Number(plot.dataset.left), right = Number(plot.dataset.right);
  const share = ((event.clientX - box.left) / box.width - left) / (right - left);
  seek(start + share * (end - start));
});
for (const button of document.querySelectorAll(".seek"))
  button.addEventListener("click", () => { seek(Number(button.dataset.seconds)); byId("time").focus(); });
for (const video of [before, after])
  video.addEventListener("error", () => {
    byId("trouble").textContent = "This browser cannot play the " + video.getAttribute("aria-label") + " video, or it has moved.";
  });
