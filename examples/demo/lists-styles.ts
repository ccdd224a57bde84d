/** The page's stylesheet. */
export const listsStyles: string = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1d2733, #e8edf2);
  --quiet: light-dark(#5c6b7a, #9aa8b5);
  --ground: light-dark(#f3f5f7, #12181f);
  --card: light-dark(#ffffff, #1b242d);
  --line: light-dark(#d8dfe6, #33404c);
  --accent: light-dark(#0b6e5f, #4cc2ad);
  --danger: light-dark(#b3261e, #ff9a91);
  font: 16px/1.5 system-ui, sans-serif;
}
body { margin: 0; color: var(--ink); background: var(--ground); }
header, main { max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
header { padding-bottom: 0; }
nav a { color: var(--accent); margin-inline-end: 0.75rem; }
nav a[aria-current] { color: inherit; }
h1 { margin: 0; letter-spacing: -0.02em; }
h2 { margin: 0 0 0.5rem; font-size: 1.25rem; }
header p, .quiet { color: var(--quiet); margin: 0 0 1rem; }
main { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); align-items: start; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; padding: 1.25rem; }
form { display: grid; gap: 0.5rem; }
form label { display: grid; gap: 0.25rem; }
.row { grid-template-columns: 1fr auto; }
input:not([type="checkbox"]) {
  font: inherit; color: inherit; background: var(--ground);
  border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.5rem 0.75rem; min-width: 0;
}
button {
  font: inherit; color: var(--card); background: var(--accent); cursor: pointer;
  border: 0; border-radius: 0.5rem; padding: 0.5rem 0.9rem;
}
button.plain { color: var(--quiet); background: none; padding: 0.25rem 0.5rem; }
button.plain:hover { color: var(--ink); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
ul { list-style: none; margin: 0.75rem 0 0; padding: 0; }
li { display: flex; align-items: center; gap: 0.25rem; border-top: 1px solid var(--line); padding: 0.35rem 0; }
li label { flex: 1; display: flex; gap: 0.6rem; align-items: center; }
li label:has(:checked) span { color: var(--quiet); text-decoration: line-through; }
.error { color: var(--danger); margin: 0; font-size: 0.9rem; }
.error:empty { display: none; }
`;
