#include "client/html/page.hpp"

namespace client::html {

// Colours are only ever beside a word or a sign. A class of a verdict, `pass` to `absent`, gives
// its element the colours --sign and --tint.
const std::string_view style = R"css(:root {
  color-scheme: light dark;
  --paper: #f7f6f3; --card: #ffffff; --ink: #1d2226; --soft: #57616a; --line: #dedcd6;
  --accent: #0b6b75; --code: #f1efea;
  --pass: #1c7a45; --fail: #b3261e; --warn: #8a5800; --info: #2660a4; --skip: #626a72;
  --pass-tint: #e5f3ea; --fail-tint: #fbe6e3; --warn-tint: #faf0d2; --info-tint: #e6effa;
  --skip-tint: #eeedea;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181b; --card: #1c2226; --ink: #e6e8e9; --soft: #9ba6ae; --line: #323a40;
    --accent: #5cc2cc; --code: #242b30;
    --pass: #6cc98f; --fail: #ff9a8f; --warn: #e8bd57; --info: #8dbdf5; --skip: #a3adb5;
    --pass-tint: #1b3325; --fail-tint: #47211f; --warn-tint: #3b3016; --info-tint: #1c2f47;
    --skip-tint: #2a3136;
  }
}
.pass { --sign: var(--pass); --tint: var(--pass-tint); }
.fail { --sign: var(--fail); --tint: var(--fail-tint); }
.not-strict { --sign: var(--warn); --tint: var(--warn-tint); }
.informational { --sign: var(--info); --tint: var(--info-tint); }
.skipped, .absent { --sign: var(--skip); --tint: var(--skip-tint); }

* { box-sizing: border-box; }
html { scroll-padding-top: 4rem; }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 5rem; max-width: 96rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere;
}
h1, h2, h3, p, ul, dl { margin: 0; padding: 0; }
h1 { font-size: 2rem; line-height: 1.2; letter-spacing: -0.015em; text-wrap: balance; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 3.25rem 0 1rem; }
h3 { font-size: 1.05rem; line-height: 1.4; font-weight: 600; }
ul { list-style: none; }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: 0.2em; }
a:hover { text-decoration-color: currentColor; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.eyebrow { color: var(--accent); font-weight: 600; margin-bottom: 0.35rem; }
.soft { color: var(--soft); }
.lead { color: var(--soft); margin-top: 0.6rem; max-width: 60rem; }
.number { font-variant-numeric: tabular-nums; color: var(--soft); }
code, .log { font: 0.84rem/1.55 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
code.command {
  display: block; padding: 0.5rem 0.75rem; border-radius: 6px; background: var(--code);
  white-space: pre-wrap; user-select: all;
}
.sign b, .matrix td b { font-weight: inherit; }
.sign, .matrix td { color: var(--sign); font-weight: 600; white-space: nowrap; }
.sign i, .matrix i { display: inline-block; min-width: 1.2em; font-style: normal; text-align: center; }
.badge {
  padding: 0.1rem 0.55rem 0.1rem 0.35rem; border-radius: 1rem; background: var(--tint);
  font-size: 0.85rem; margin-right: 0.25rem;
}
.level {
  font-size: 0.72rem; font-weight: 600; letter-spacing: 0.04em; color: var(--soft);
  border: 1px solid var(--line); border-radius: 4px; padding: 0.05rem 0.35rem;
  white-space: nowrap;
}

/* A card for each target. */
.targets {
  display: grid; gap: 1rem; margin-top: 2rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr));
}
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 1rem 1.15rem 1.1rem; min-width: 0;
}
.card > * + * { margin-top: 0.5rem; }
.card code.command { margin-top: 0.75rem; font-size: 0.78rem; }
.bar { display: flex; gap: 2px; height: 8px; border-radius: 4px; overflow: hidden; }
.bar span { background: var(--sign); min-width: 3px; }
.sums { display: flex; flex-wrap: wrap; gap: 0.1rem 1rem; font-size: 0.9rem; }

/* The matrix: a row for each case, a column for each target. */
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin-bottom: 1rem;
  font-size: 0.9rem; color: var(--soft); }
p + table.matrix { margin-top: 1rem; }
table.matrix { border-collapse: collapse; width: 100%; background: var(--card);
  border: 1px solid var(--line); }
.matrix th { font-weight: 400; text-align: left; }
.matrix.one { max-width: 66rem; }
.matrix thead th { position: sticky; top: 0; z-index: 1; background: var(--card);
  padding: 0.6rem 0.75rem; vertical-align: bottom; font-weight: 600; font-size: 0.85rem;
  line-height: 1.25; box-shadow: inset 0 -1px var(--line); }
.matrix thead th + th { text-align: center; width: 1%; min-width: 4.5rem; padding: 0.6rem 0.4rem; }
.matrix tbody th { padding: 0.32rem 0.75rem; border-top: 1px solid var(--line); }
.matrix tbody a { text-decoration: none; display: flex; gap: 0.75rem; }
.matrix tbody a:hover { text-decoration: underline; text-decoration-color: var(--soft); }
.matrix .number { flex: 0 0 2.6rem; }
.matrix .group th { padding-top: 1.1rem; font-weight: 600; color: var(--accent); }
.matrix td { padding: 0.32rem 0.4rem; border-top: 1px solid var(--line); text-align: center;
  font-size: 0.85rem; border-left: 1px solid var(--line); background: var(--tint); }
.matrix td.pass, .matrix td.absent { background: none; font-weight: 400; }
.matrix tbody tr:hover th { background: var(--code); }
.matrix.many thead th + th { min-width: 2.6rem; }
.many thead th + th span { writing-mode: vertical-rl; transform: rotate(180deg);
  max-height: 14rem; }
.many td { position: relative; }
.many td b { position: absolute; left: 0; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); }

/* A case. */
.cases { display: grid; gap: 1rem; }
article { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 1.1rem 1.25rem 1.25rem; min-width: 0; border-left: 4px solid var(--sign); }
article.pass, article.absent { border-left-color: var(--line); }
article:target { box-shadow: 0 0 0 2px var(--accent); }
.title { display: flex; gap: 0.3rem 0.75rem; align-items: baseline; }
.title h3 { flex: 1; }
.facts { display: grid; grid-template-columns: auto 1fr; gap: 0.15rem 0.9rem;
  margin: 0.6rem 0 0; font-size: 0.92rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; max-width: 60rem; }
.came { margin-top: 0.9rem; padding-top: 0.9rem; border-top: 1px solid var(--line); }
.came > * + *, .came div > * + * { margin-top: 0.5rem; }
.came ul.all { display: flex; flex-wrap: wrap; gap: 0.1rem 1.1rem; font-size: 0.92rem; }
details { font-size: 0.92rem; }
summary { cursor: pointer; color: var(--soft); width: fit-content; }
summary:hover { color: var(--ink); }

/* What was sent and seen at both ends. */
table.log { border-collapse: collapse; margin-top: 0.5rem; width: 100%;
  table-layout: fixed; }
.log th { text-align: left; font-weight: 400; color: var(--soft); }
.log th, .log td { padding: 0.1rem 1.25rem 0.1rem 0; vertical-align: top; }
.log th:first-child { text-align: right; width: 11ch; color: var(--soft);
  font-variant-numeric: tabular-nums; }
.log td { border-left: 1px solid var(--line); padding-left: 0.75rem; }
.log tbody tr:hover { background: var(--code); }
.log .gap { color: var(--soft); font-style: italic; }
footer { margin-top: 3rem; color: var(--soft); font-size: 0.9rem; }

@media (min-width: 70rem) {
  article.wide { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 7fr);
    gap: 0 2.5rem; }
  article.wide .came { margin: 0; padding: 0 0 0 2.5rem; border-top: 0;
    border-left: 1px solid var(--line); }
}
/* Where there is no room for columns, the targets of a row follow its sentence. */
@media (max-width: 52rem) {
  body { padding: 1.5rem 1rem 3rem; }
  h1 { font-size: 1.55rem; }
  .matrix, .matrix tbody, .matrix tr { display: block; }
  .matrix thead { display: none; }
  .matrix tbody tr { display: flex; flex-wrap: wrap; gap: 0.1rem 0.4rem;
    padding: 0.5rem 0.9rem; border-top: 1px solid var(--line); }
  .matrix tbody th { flex: 0 0 100%; padding: 0; border: 0; }
  .matrix tbody tr:hover th { background: none; }
  .matrix .group th { padding-top: 0.5rem; }
  .matrix .group td { display: none; }
  .matrix td { border: 0; padding: 0.05rem 0.5rem 0.05rem 0.25rem; border-radius: 1rem;
    font-size: 0.82rem; }
  .matrix td::after { content: attr(data-target); margin-left: 0.3em; color: var(--ink);
    font-weight: 400; }
  .matrix td.pass::after, .matrix td.absent::after { color: var(--soft); }
  .matrix.one td::after { content: none; }
  .matrix td.absent { display: none; }
  .matrix.one td { margin-left: 3.15rem; }
  article { padding: 0.9rem 1rem 1rem; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd + dt { margin-top: 0.4rem; }
  .log th:first-child { width: 9ch; }
  .log th, .log td { padding-right: 0.4rem; }
  .log td { padding-left: 0.4rem; }
}
@media print {
  body { max-width: none; padding: 0; }
  .matrix thead th { position: static; }
  article, .card, .matrix tr { break-inside: avoid; }
}
)css";

}  // namespace client::html
