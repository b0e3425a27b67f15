// A flat's temperatures: JSON of /flat/temperatures in, a uPlot chart out, in the compound's hours and the page's colours.
"use strict";
(() => {
  const box = document.getElementById("chart");
  if (!box || typeof uPlot === "undefined") return;
  const HEIGHT = 260;
  const DASHES = [[], [8, 4], [2, 3], [12, 3, 2, 3]]; // a person is told by the line's pattern as well as by its colour
  const COLOURS = ["#1c7ed6", "#c2570c", "#7a3fb8", "#0a7a4b"];
  const shade = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const say = (text) => { box.textContent = text; box.classList.add("dim"); };

  const draw = (data) => {
    const people = data.people.filter((person) => person.at.length);
    if (!people.length) { say(box.dataset.none); return; }
    const table = people.length > 1 ? uPlot.join(people.map((person) => [person.at, person.celsius])) : [people[0].at, people[0].celsius];
    const ink = shade("--dim") || "#555";
    const line = shade("--line") || "#ccc";
    const bands = (u) => { // windows as hatching, rounds as dotted lines, the fever line dashed: none by colour alone
      const { ctx, bbox } = u;
      ctx.save();
      ctx.beginPath();
      ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
      ctx.clip();
      ctx.strokeStyle = ink;
      ctx.lineWidth = devicePixelRatio;
      for (const [opens, closes] of data.windows) {
        const from = u.valToPos(opens, "x", true);
        const to = Math.max(u.valToPos(closes, "x", true), from + 2);
        ctx.save();
        ctx.beginPath();
        ctx.rect(from, bbox.top, to - from, bbox.height);
        ctx.clip();
        ctx.globalAlpha = 0.45;
        ctx.beginPath();
        for (let x = from - bbox.height; x < to; x += 7 * devicePixelRatio) { ctx.moveTo(x, bbox.top + bbox.height); ctx.lineTo(x + bbox.height, bbox.top); }
        ctx.stroke();
        ctx.restore();
      }
      ctx.globalAlpha = 0.6;
      ctx.setLineDash([2, 5]);
      ctx.beginPath();
      for (const round of data.rounds) { const x = u.valToPos(round, "x", true); ctx.moveTo(x, bbox.top); ctx.lineTo(x, bbox.top + bbox.height); }
      ctx.stroke();
      ctx.globalAlpha = 1;
      ctx.strokeStyle = shade("--critical") || "#a5121f";
      ctx.lineWidth = 2 * devicePixelRatio;
      ctx.setLineDash([10, 6]);
      const y = u.valToPos(data.fever, "y", true);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
      ctx.restore();
    };
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const two = (n) => String(n).padStart(2, "0");
    const hours = (u, splits) => splits.map((at) => {
      const day = uPlot.tzDate(new Date(at * 1000), data.zone);
      return day.getHours() === 0 && day.getMinutes() === 0 ? `${two(day.getMonth() + 1)}-${two(day.getDate())}` : `${two(day.getHours())}:${two(day.getMinutes())}`;
    });
    const chart = new uPlot({
      width: box.clientWidth,
      height: HEIGHT,
      tzDate: (at) => uPlot.tzDate(new Date(at * 1000), data.zone),
      scales: { y: { range: (u, low, high) => [Math.min(low - 0.2, 35.5), Math.max(high + 0.2, data.fever + 0.5)] } },
      axes: [{ ...axis, values: hours, space: 55 }, { ...axis, values: (u, splits) => splits.map((celsius) => celsius.toFixed(1)), size: 46 }],
      series: [
        { label: box.dataset.hour, value: (u, at) => (at == null ? "–" : hours(u, [at])[0]) },
        ...people.map((person, n) => ({
          label: person.subject.slice(0, 6),
          stroke: COLOURS[n % COLOURS.length],
          width: 2,
          dash: DASHES[n % DASHES.length],
          spanGaps: true,
          points: { show: person.at.length < 50 },
          value: (u, celsius) => (celsius == null ? "–" : `${celsius.toFixed(1)} ${box.dataset.degrees}`),
        })),
      ],
      hooks: { draw: [bands] },
    }, table, box);
    box.dataset.drawn = String(people.reduce((sum, person) => sum + person.at.length, 0));
    new ResizeObserver(() => chart.setSize({ width: box.clientWidth, height: HEIGHT })).observe(box);
  };

  fetch(box.dataset.from, { cache: "no-store" })
    .then((answer) => { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
    .then(draw)
    .catch(() => say(box.dataset.failed));
})();
