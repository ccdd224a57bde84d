/** The stylesheet of the board. */
export const boardStyles: string = `
/* Paper and ink by day, slate and chalk by night. Every text has a contrast of 4.5 or more on its ground. */
:root {
  color-scheme: light dark;
  --ink: light-dark(#20282c, #e9e6dd);
  --quiet: light-dark(#5b6468, #a3aba8);
  --ground: light-dark(#f5f2ea, #14191a);
  --list: light-dark(#ece8dc, #1b2223);
  --card: light-dark(#fffdf8, #252d2e);
  --line: light-dark(#d9d3c3, #364041);
  --edge: light-dark(#8a8572, #7b8886);
  --accent: light-dark(#22614a, #8ed1b0);
  --on-accent: light-dark(#ffffff, #10231b);
  --wash: light-dark(#dcebe2, #1f3a30);
  --danger: light-dark(#a2341c, #ffab96);
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, serif;
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
*, ::before, ::after { box-sizing: border-box; }
/* An author's "display" would win over it otherwise. */
[hidden] { display: none !important; }
body {
  margin: 0; color: var(--ink); background: var(--ground);
  overflow-wrap: anywhere; -webkit-text-size-adjust: 100%; -webkit-tap-highlight-color: transparent;
}
h1, h2, ol, ul, p { margin: 0; padding: 0; }
ol, ul { list-style: none; }
h1, h2, nav b { font-family: var(--serif); font-weight: 600; line-height: 1.2; }
a { color: var(--accent); text-underline-offset: 0.2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 0.25rem; }

/* The frame */
.page { padding: 0 clamp(1rem, 3vw, 2.5rem) 2rem; }
header {
  display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.25rem 1.5rem;
  min-block-size: 3.5rem; padding-block: 0.375rem; border-block-end: 1px solid var(--line);
}
nav { display: flex; align-items: baseline; gap: 0.25rem; }
nav b { font-size: 1.25rem; margin-inline-end: 0.75rem; }
/* The track that the name means. */
nav b::after {
  content: ""; display: inline-block; inline-size: 1.5rem; block-size: 0.25rem; margin-inline-start: 0.5rem;
  background: radial-gradient(circle, var(--accent) 45%, transparent 50%) 0 / 0.5rem 0.25rem; vertical-align: 0.2em;
}
nav a { padding: 0.625rem 0.5rem; text-decoration: none; color: var(--quiet); }
nav a:hover, nav a[aria-current] { color: var(--ink); }
nav a[aria-current] { text-decoration: underline; text-decoration-thickness: 2px; text-decoration-color: var(--accent); }
.people { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.75rem; font-size: 0.875rem; position: relative; }
.people ul { display: flex; flex-wrap: wrap; gap: 0.25rem 0.5rem; }
.people li { display: flex; align-items: baseline; gap: 0.375rem; padding: 0.125rem 0.625rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--card); }
.people li::before { content: ""; inline-size: 0.5rem; block-size: 0.5rem; border-radius: 50%; background: var(--edge); }
.people li.me::before { background: var(--accent); }
small { color: var(--quiet); }

/* What opens */
summary { cursor: pointer; list-style: none; border-radius: 0.25rem; }
summary::-webkit-details-marker { display: none; }
.people summary { padding: 0.625rem 0.25rem; color: var(--accent); text-decoration: underline; text-underline-offset: 0.2em; }
.people .line {
  position: absolute; z-index: 1; inset-inline-end: 0; inset-block-start: 100%; inline-size: min(20rem, calc(100vw - 2rem));
  padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; box-shadow: 0 0.5rem 1.5rem #0002;
}

/* The head of the board */
.top { display: flex; flex-wrap: wrap; align-items: start; justify-content: space-between; gap: 0.5rem 1.5rem; padding-block-start: 1.5rem; }
.title { flex: 1 1 16rem; max-inline-size: 36rem; }
h1 { font-size: clamp(1.75rem, 1.4rem + 1.2vw, 2.25rem); letter-spacing: -0.01em; text-wrap: balance; }
.title summary { inline-size: fit-content; padding-block: 0.125rem; }
.title summary:hover h1, .list > .menu > summary:hover h2 { text-decoration: underline dotted 2px var(--edge); text-underline-offset: 0.2em; }
.status { display: flex; flex-wrap: wrap; align-items: center; gap: 0 0.75rem; min-block-size: 1.75rem; margin-block: 0.25rem 1rem; font-size: 0.875rem; color: var(--quiet); }
.status::before { content: ""; inline-size: 0.5rem; block-size: 0.5rem; border-radius: 50%; background: var(--edge); }
[na-state~=live] .status::before { background: var(--accent); }
[na-state~=offline] .status::before { background: none; outline: 2px solid var(--danger); outline-offset: -2px; }
[na-state~=offline] .status { color: var(--danger); }
[na-state~=offline] :is(.pending, .saved), :is([na-state~=pending], [na-state~=saved], [na-state~=offline]) .live { display: none; }
[na-state~=offline] .news { color: var(--quiet); }

/* Buttons and fields */
button, input { font: inherit; color: inherit; border-radius: 0.375rem; }
button {
  min-block-size: 2.75rem; padding: 0.375rem 0.875rem; cursor: pointer;
  color: var(--accent); background: none; border: 1px solid var(--edge);
}
button:hover { background: var(--wash); }
.line button { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
.line button:hover { filter: brightness(1.1); }
.add:not(:focus-within, :hover) button { color: var(--accent); background: none; border-color: transparent; }
button.remove { color: var(--danger); border-color: transparent; margin-inline-start: auto; }
button[aria-disabled=true], button[aria-disabled=true]:hover { color: var(--quiet); background: none; border-color: var(--line); cursor: default; }
.undo { max-inline-size: min(100%, 22rem); font-size: 0.875rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
input:not([type=hidden]) {
  flex: 1; min-inline-size: 0; inline-size: 100%; min-block-size: 2.75rem; padding: 0.375rem 0.75rem;
  background: var(--card); border: 1px solid var(--edge);
}
input::placeholder { color: var(--quiet); opacity: 1; }
[aria-invalid=true] { border-color: var(--danger) !important; box-shadow: 0 0 0 1px var(--danger); }
.line { display: flex; flex-wrap: wrap; gap: 0.375rem; }
.line label { flex: 1 0 100%; font-size: 0.8125rem; color: var(--quiet); }
.line .error { flex: 1 0 100%; }
.error { color: var(--danger); font-size: 0.875rem; }
.error:empty { display: none; }
/* What is said at a field is not said once more for the whole board. */
.page:has([na-error]:not([na-error=""], :empty)) [na-error=""] { display: none; }
.error:not(:empty)::before { content: "! "; font-weight: 700; }
/* What was refused is not to be looked for behind what is closed. */
details:has(form .error:not(:empty))::details-content { content-visibility: visible; block-size: auto; }

/* Lists and cards */
.lists { display: flex; flex-direction: column; gap: 1rem; }
@media (min-width: 40rem) {
  /* Beside each other, however many. The padding keeps outlines from being cut off. */
  .lists { flex-direction: row; align-items: start; overflow-x: auto; margin-inline: -0.25rem; padding: 0.25rem; }
  .list { flex: 1 0 15rem; max-inline-size: 26rem; }
  .list.new { flex: 0 0 12rem; }
  .list.new:only-child { flex-basis: 22rem; }
}
.list { padding: 0.75rem; background: var(--list); border-radius: 0.625rem; border-block-start: 3px solid var(--edge); }
.list.new { background: none; border: 1px dashed var(--edge); }
.list > .menu > summary { display: flex; align-items: baseline; justify-content: space-between; gap: 0.75rem; min-block-size: 2.5rem; padding: 0.25rem; }
h2 { font-size: 1.25rem; }
.count { font-size: 0.875rem; color: var(--quiet); font-variant-numeric: tabular-nums; }
.cards { display: grid; gap: 0.5rem; margin-block: 0.375rem 0.5rem; }
.card {
  display: grid; grid-template-columns: auto 1fr; background: var(--card);
  border: 1px solid var(--line); border-radius: 0.5rem; transition: border-color 150ms, opacity 150ms;
}
.card:hover, .card:focus-within { border-color: var(--edge); }
.card .menu > summary { display: flex; gap: 0.5rem; padding: 0.625rem 0.75rem 0.625rem 0; padding-inline: 0 0.75rem; min-block-size: 2.75rem; }
.card .menu > summary span { flex: 1; }
.card .menu > summary::after { content: "⋯"; color: var(--quiet); }
.card.done .menu > summary span { color: var(--quiet); text-decoration: line-through; text-decoration-color: var(--edge); }
.card:has(> [open], form .error:not(:empty)) .menu { grid-column: 1 / -1; grid-row: 1; }
.card:has(> [open], form .error:not(:empty)) .menu > summary { padding-inline-start: 2.75rem; }
.card:has(> [open], form .error:not(:empty)) .tick { grid-row: 1; grid-column: 1; z-index: 1; }
.card .line, .card .tools { padding-inline: 0.625rem; }
.card .tools { padding-block-end: 0.75rem; }
.tools { display: flex; flex-wrap: wrap; gap: 0.25rem; margin-block-start: 0.5rem; }
.tools button { min-inline-size: 2rem; min-block-size: 2.25rem; padding: 0.25rem; }
.tools .remove { font-size: 0.8125rem; padding-inline: 0.125rem; }
@media (pointer: coarse) { .tools button { min-inline-size: 2.75rem; min-block-size: 2.75rem; } }
.list > .menu .line, .list > .menu .tools { padding-block-end: 0.5rem; }
.tick { inline-size: 2.75rem; block-size: 2.75rem; padding: 0; border: 0; display: grid; place-items: center; align-self: start; }
.tick:hover { background: none; }
.tick::before {
  content: ""; inline-size: 1.125rem; block-size: 1.125rem; border: 2px solid var(--edge); border-radius: 50%;
  font: 700 0.75rem/0.9rem sans-serif; text-align: center; color: var(--on-accent);
}
.tick:hover::before { border-color: var(--accent); }
.tick[aria-pressed=true]::before { content: "✓"; background: var(--accent); border-color: var(--accent); }
.empty { padding: 0.5rem 0.25rem; color: var(--quiet); font-size: 0.875rem; }
.empty b { display: block; font: 600 1.25rem/1.2 var(--serif); color: var(--ink); }
.add label { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.add:not(:focus-within, :hover) input { background: none; border-style: dashed; }
.list.new.list .add:not(:focus-within, :hover) input { border-color: transparent; }
.hint { margin-block-start: 1.25rem; font-size: 0.875rem; color: var(--quiet); }
kbd { font: inherit; padding: 0 0.375rem; border: 1px solid var(--line); border-block-end-width: 2px; border-radius: 0.25rem; background: var(--card); }
/* An event that is not answered yet. Most are, before anybody sees this. */
[na-pending] { cursor: progress; }
button[na-pending] { border-style: dashed; }
.card.dragged { opacity: 0.4; }
.drop { box-shadow: 0 -3px 0 var(--accent); }
:dir(rtl) .arrow { display: inline-block; scale: -1 1; }

/* What makes the page */
aside { padding: 1.25rem clamp(1rem, 3vw, 2.5rem) 3rem; border-block-start: 1px solid var(--line); }
aside > p { margin-block: 0.25rem 0.75rem; font-size: 0.875rem; color: var(--quiet); }
aside details { border-block-start: 1px solid var(--line); }
aside summary { display: grid; grid-template-columns: 1.5rem 1fr; padding-block: 0.625rem; font-weight: 600; }
aside summary::before { content: "+"; color: var(--accent); }
aside [open] > summary::before { content: "−"; }
aside summary small { grid-column: 2; font-weight: 400; }
aside pre {
  margin: 0 0 1rem; padding: 0.75rem; max-block-size: 60vh; overflow: auto; direction: ltr; tab-size: 2;
  background: var(--list); border-radius: 0.5rem; font: 0.75rem/1.6 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: normal;
}
@media (min-width: 88rem) {
  body { display: grid; grid-template-columns: minmax(0, 1fr) 22rem; min-block-size: 100vh; }
  aside { border-block-start: 0; border-inline-start: 1px solid var(--line); padding-inline: 1.5rem; position: sticky; inset-block-start: 0; max-block-size: 100vh; overflow: auto; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; scroll-behavior: auto !important; } }
`;
