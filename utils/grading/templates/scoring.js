"use strict";
(() => {
  const tools = document.querySelector("#tools");
  const marker = document.querySelector("#marker");
  const cards = [...document.querySelectorAll("[data-answer]")];
  const question = tools.dataset.question;
  const place = `scores ${question} ${cards.map((card) => card.dataset.answer).join()}`;
  const inputs = (card) => [...card.querySelectorAll("input")];
  const comment = (card) => card.querySelector("textarea");
  const complete = (card) => inputs(card).every((field) => field.value !== "" && field.validity.valid);

  const show = () => {
    for (const card of cards) {
      const total = inputs(card).reduce((sum, field) => sum + (parseFloat(field.value) || 0), 0);
      const begun = inputs(card).some((field) => field.value !== "");
      card.querySelector("output").textContent = begun ? total : "–";
      card.classList.toggle("done", complete(card));
    }
    const done = cards.filter(complete).length;
    document.querySelector("#count").textContent =
      tools.dataset.scored.replace("{done}", done).replace("{total}", cards.length);
  };
  const keep = () => {
    const state = cards.map((card) => [...inputs(card).map((f) => f.value), comment(card).value]);
    try { localStorage.setItem(place, JSON.stringify([marker.value, state])); } catch { /* private window */ }
    show();
  };
  try {
    const [name, state] = JSON.parse(localStorage.getItem(place) || "[]");
    marker.value = name || "";
    cards.forEach((card, i) => {
      const values = [...((state || [])[i] || [])];
      inputs(card).forEach((field) => { field.value = values.shift() ?? ""; });
      comment(card).value = values.shift() ?? "";
    });
  } catch { /* nothing was kept */ }

  const cell = (text) => `"${String(text).replaceAll('"', '""')}"`;
  document.querySelector("#save").onclick = () => {
    if (!marker.value.trim()) { marker.focus(); return; }
    const head = ["question", "answer", ...JSON.parse(tools.dataset.columns), "comment", "marker"];
    const rows = cards.filter(complete).map((card) => [
      question, card.dataset.answer, ...inputs(card).map((f) => f.value), comment(card).value, marker.value.trim(),
    ]);
    const text = [head, ...rows].map((row) => row.map(cell).join(",")).join("\n") + "\n";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = `${question}.${marker.value.trim().replace(/[^\p{L}\p{N}]+/gu, "_")}.csv`;
    link.click();
  };
  document.addEventListener("input", keep);
  tools.hidden = false;
  show();
})();
