"use strict";
(() => {
  const root = document.documentElement;
  const kept = (name, value) => {
    try {
      return value === undefined ? localStorage.getItem(name) : localStorage.setItem(name, value);
    } catch { return null; }
  };
  const dark = () => root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  if (kept("theme")) root.dataset.theme = kept("theme");
  const button = document.querySelector("#theme");
  const label = () => { button.textContent = dark() ? button.dataset.light : button.dataset.dark; };
  button.hidden = false;
  button.onclick = () => {
    root.dataset.theme = dark() ? "light" : "dark";
    kept("theme", root.dataset.theme);
    label();
  };
  label();

  const value = (row, i) => row.cells[i].dataset.v ?? row.cells[i].textContent.trim();
  const compare = (a, b) => {
    const [x, y] = [parseFloat(a), parseFloat(b)];
    if (isNaN(x) !== isNaN(y)) return isNaN(x) ? 1 : -1;
    return isNaN(x) ? a.localeCompare(b) : x - y;
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    for (const head of table.tHead.rows[0].cells) {
      if (!head.textContent.trim()) continue;
      const sort = () => {
        const down = head.getAttribute("aria-sort") === (head.classList.contains("n") ? null : "ascending")
          || (head.classList.contains("n") && head.getAttribute("aria-sort") !== "descending");
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const i = head.cellIndex;
        const rows = [...table.tBodies[0].rows];
        rows.sort((a, b) => (down ? -1 : 1) * compare(value(a, i), value(b, i)));
        table.tBodies[0].append(...rows);
      };
      head.tabIndex = 0;
      head.title = button.dataset.sort;
      head.onclick = sort;
      head.onkeydown = (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); sort(); }
      };
    }
  }

  const wanted = document.querySelector("#find");
  wanted.hidden = false;
  wanted.oninput = () => {
    const word = wanted.value.trim().toLowerCase();
    for (const row of document.querySelectorAll("tr[data-who]")) {
      row.hidden = !row.dataset.who.toLowerCase().includes(word);
    }
  };
})();
