/** The style of every page: the fonts of the system, figures of one width, light and dark as the reader has it, and paper. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --page: #fcfcfb; --raised: #ffffff; --text: #1c1e21; --quiet: #585d66; --line: #dfe1e5; --grid: #e6e8eb;
  --accent: #1a5fb4; --other: #7a5200; --good: #1a6b35; --bad: #b3261e; --good-page: #e3f3e8; --bad-page: #fbe6e4;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #15171a; --raised: #1c1f23; --text: #e7e8ea; --quiet: #a4a9b1; --line: #33373d; --grid: #2a2e33;
    --accent: #8ab4f8; --other: #e0b060; --good: #7bd492; --bad: #ff9a90; --good-page: #16301f; --bad-page: #3a1d1b;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: .2rem 0 .6rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .2rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.8rem 0 .5rem; }
p { margin: .3rem 0; }
a { color: var(--accent); }
a:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible, summary:focus-visible, [tabindex]:focus-visible {
  outline: 2px solid var(--accent); outline-offset: 2px; }
code { font-family: ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace; font-size: .92em; }
.quiet, .legend, figcaption { color: var(--quiet); font-size: .9rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); }
.nowrap { white-space: nowrap; }
.scroll { overflow-x: auto; overflow-wrap: break-word; } .scroll > .wide { max-width: none; }

.verdict { border-radius: 10px; padding: 1.1rem 1.3rem; background: var(--good-page); border-left: 6px solid var(--good); }
.verdict.not-passed { background: var(--bad-page); border-left-color: var(--bad); }
.verdict.measured { background: var(--raised); border-left-color: var(--quiet); }
.verdict .sign { color: var(--good); } .verdict.not-passed .sign { color: var(--bad); }
.verdict .title { font-weight: 600; }
.verdict ul { margin: .2rem 0 .8rem; padding-left: 1.3rem; }
dl { display: flex; flex-wrap: wrap; gap: .2rem 2rem; margin: .4rem 0; font-size: .92rem; }
dl div { display: flex; gap: .5rem; }
dt { opacity: .85; flex: none; } dt::after { content: ':'; } dd { margin: 0; }

nav { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: 1rem 0 0; font-size: .95rem; }
table { border-collapse: collapse; font-size: .92rem; }
caption { text-align: left; font-weight: 600; font-size: 1.05rem; padding: 0 0 .3rem; white-space: nowrap; }
th, td { text-align: left; vertical-align: middle; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); }
th[scope=col] { color: var(--quiet); font-weight: 500; vertical-align: bottom; }
th[scope=row] { font-weight: 500; min-width: 6rem; }
th.n, td.n { text-align: right; white-space: nowrap; }
tr > :last-child { padding-right: 0; }
.columns > .scroll { max-width: 100%; }
.columns { display: flex; flex-wrap: wrap; gap: .5rem 3rem; margin-top: 1.5rem; align-items: flex-start; }
small { display: inline-block; min-width: 1.4em; padding: 0 .3em; margin-right: .5em; border: 1px solid var(--line); border-radius: 4px;
  font-size: .75rem; line-height: 1.4; text-align: center; font-weight: 600; background: var(--raised); }
.comparison { margin: 1rem 0; }
ul.plain { list-style: none; padding: 0; margin: .3rem 0; }

svg { display: block; max-width: 100%; height: auto; }
svg text { fill: var(--quiet); font-size: 11px; } svg text.said { fill: var(--text); font-size: 12px; }
.rates svg { width: 260px; max-width: none; }
.grid { stroke: var(--grid); } .zero { stroke: var(--quiet); } .bound { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 3 3; }
.a path, .b path { fill: none; stroke-width: 2; } .a path { stroke: var(--accent); } .b path { stroke: var(--other); }
.a circle { fill: var(--accent); } .incomplete circle { fill: var(--page); stroke: var(--accent); stroke-width: 1.5; } .b rect { fill: var(--other); }
.scatter { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: center; margin: .5rem 0; }
.scatter circle { fill-opacity: .45; stroke-width: 1.2; fill: var(--quiet); stroke: var(--quiet); }
.scatter circle.good { fill: var(--good); stroke: var(--good); } .scatter circle.bad { fill: var(--bad); stroke: var(--bad); }
.scatter a:hover circle { fill-opacity: .9; }
.bar-a { fill: var(--accent); } .bar-b { fill: var(--other); } .histogram a:hover rect { fill-opacity: .75; }
.new { fill: var(--accent); } .old { fill: var(--raised); stroke: var(--quiet); stroke-width: 1.5; } .failed { fill: none; stroke: var(--bad); stroke-width: 2; }
.moment { stroke: var(--text); stroke-dasharray: 4 3; }
.line { fill: none; stroke: var(--accent); stroke-width: 1.5; stroke-opacity: .5; }
.lineage { max-width: none; } .lineage rect { fill: var(--raised); stroke: var(--line); } .edge { fill: none; stroke: var(--quiet); }

del, ins { border-radius: 3px; padding: 0 .15em; }
del { color: var(--bad); background: var(--bad-page); text-decoration: line-through; }
ins { color: var(--good); background: var(--good-page); text-decoration: underline; text-decoration-thickness: 2px; text-underline-offset: 3px; }
.utterances b, .legend b { font-weight: inherit; border: 1px solid var(--quiet); border-radius: 4px; padding: .05em .1em; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.5rem; align-items: center; } .legend svg { display: inline-block; vertical-align: -1px; }
.utterances { list-style: none; margin: .6rem 0; padding: 0; }
.utterances li { padding: .6rem 0; border-top: 1px solid var(--line); }
.utterances header { display: flex; flex-wrap: wrap; gap: 0 1.2rem; font-size: .85rem; color: var(--quiet); }
.utterances header a { font-weight: 500; }
.utterances i { color: var(--quiet); font-style: normal; }
audio { display: block; height: 2.2rem; margin-top: .3rem; max-width: 100%; }
.toolbar { display: flex; flex-wrap: wrap; gap: .6rem 1.2rem; align-items: end; margin: .8rem 0; font-size: .9rem; color: var(--quiet); }
.toolbar fieldset { border: 0; padding: 0; margin: 0; display: flex; gap: .8rem; } .toolbar legend { padding: 0; }
.toolbar label { display: inline-block; } .toolbar > label > :is(input, select) { display: block; }
.toolbar :is(select, button, output, fieldset label, input:not([type=checkbox])) { height: 2.1rem; }
.toolbar :is(output, fieldset label) { display: flex; align-items: center; gap: .3rem; }
.toolbar output { margin-left: auto; }
input, select, button { font: inherit; color: var(--text); background: var(--raised); border: 1px solid var(--quiet); border-radius: 6px; padding: .25rem .6rem; max-width: 14rem; }
input[type=checkbox] { accent-color: var(--accent); }
footer { margin-top: 3rem; color: var(--quiet); font-size: .85rem; }

@media (max-width: 40rem) { body { padding: .8rem; } h1 { font-size: 1.35rem; } .columns { gap: .5rem 1.5rem; } }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .toolbar, .more, audio { display: none; }
  .scroll { overflow: visible; } .utterances li { break-inside: avoid; } h2, h3, caption { break-after: avoid; } tr, svg { break-inside: avoid; }
  a { color: inherit; text-decoration: none; } .verdict, del, ins { print-color-adjust: exact; }
}
`;
