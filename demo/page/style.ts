/** How the page looks, on light and on dark screens and on paper. */
export const STYLE = `
:root { color-scheme: light dark;
  --ground: #fbfaf7; --sheet: #ffffff; --ink: #1c2027; --quiet: #5a626e; --line: #e2dfd8; --shade: #f1eee7;
  --v1: #7b9fd4; --v2: #2a9d8a; --v3: #a07cc5; --v4: #8b8f98; --v5: #dfa23a; --loss: #d01f2e; --good: #1b7f4b;
  --bar: #c9ced6; --bar-soft: #e4e7ec; --bar-ink: #2c323b; --refused: #5d3a8c; --refused-ink: #ffffff; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #14161a; --sheet: #1b1e24; --ink: #e9e6df; --quiet: #a2a9b4; --line: #32363e; --shade: #1a1d22;
  --v1: #6f98d8; --v2: #33b39d; --v3: #ac88d6; --v4: #8d93a0; --v5: #e6b04a; --loss: #ff5964; --good: #55c98a;
  --bar: #4a525f; --bar-soft: #343a44; --bar-ink: #eceff3; --refused: #cda9f5; --refused-ink: #1d0f30; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif }
main { max-width: 1240px; margin: 0 auto; padding: 40px 20px 64px }
h1 { font-size: 30px; line-height: 1.2; margin: 0 0 8px; letter-spacing: -.01em; text-wrap: balance }
h2 { font-size: 20px; margin: 44px 0 10px }
p { max-width: 78ch; margin: 0 0 12px }
.lead { color: var(--quiet); font-size: 17px }
code { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 14px; margin: 26px 0; padding: 0; list-style: none }
.tiles li { background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; padding: 14px 18px; color: var(--quiet); font-size: 14px }
.tiles strong { display: block; color: var(--ink); font-size: 27px; line-height: 1.25; font-weight: 650; font-variant-numeric: tabular-nums }
.tiles .good strong { color: var(--good) } .tiles .bad strong { color: var(--loss) }
figure { margin: 0; background: var(--sheet); border: 1px solid var(--line); border-radius: 10px; padding: 14px }
.scroll { overflow-x: auto }
.chart { display: block; width: 100%; min-width: 940px; height: auto; font-family: inherit }
.chart text { fill: var(--quiet); font-size: 11px } .chart .chapter { fill: var(--ink); font-size: 12.5px; font-weight: 600 }
.chart .lane .name { fill: var(--ink); font-weight: 600 } .chart .lane { font-size: 12px }
.band { fill: var(--shade) } .grid { stroke: var(--line) } .tick { stroke: var(--quiet) }
.v1 { fill: var(--v1) } .v2 { fill: var(--v2) } .v3 { fill: var(--v3) } .v4 { fill: var(--v4) } .v5 { fill: var(--v5) }
.moved line { stroke: var(--ink); stroke-dasharray: 2 3 } .chart .moved text { fill: var(--ink) }
.loss line { stroke: var(--loss) } .loss path { fill: var(--loss) }
.step rect { fill: var(--bar) } .chart .step text { fill: var(--bar-ink); font-size: 10.5px }
.step.settle rect, .step.soak rect, .step.retire rect { fill: var(--bar-soft); stroke: var(--bar) }
.step.thin rect { fill: var(--quiet) } .step.move rect { fill: var(--ink) }
.step.back rect { fill: none; stroke: var(--quiet); stroke-dasharray: 3 2 }
.step.failed rect { fill: var(--refused) } .chart .step.failed text { fill: var(--refused-ink); font-weight: 600 }
figcaption { color: var(--quiet); font-size: 13.5px; margin-top: 10px }
.key { display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 0 0 8px; padding: 0; list-style: none; font-size: 13.5px; color: var(--quiet) }
.key svg { width: 14px; height: 14px; margin-right: 6px; vertical-align: -2px }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: 7px 10px; border-bottom: 1px solid var(--line); vertical-align: top }
th { font-weight: 600; color: var(--quiet) } tbody th { color: var(--ink); white-space: nowrap }
td { white-space: nowrap } td.words { white-space: normal }
.words { text-align: left } td.bad { color: var(--loss); font-weight: 700 }
caption { text-align: left; color: var(--quiet); font-size: 13.5px; padding-bottom: 6px }
details { border: 1px solid var(--line); border-radius: 10px; background: var(--sheet); margin: 10px 0; padding: 0 14px }
summary { cursor: pointer; padding: 11px 0; font-weight: 600 } summary span { font-weight: 400; color: var(--quiet) }
details pre { margin: 0 0 12px; padding: 10px 12px; background: var(--shade); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere }
tr.failed td, tr.failed th { font-weight: 600 } tr.unreached { color: var(--quiet) }
.complaint { border-left: 4px solid var(--loss); padding-left: 12px; font-weight: 600 }
.scroll + p { margin-top: 18px }
@media print { body { background: none } details { break-inside: avoid } }
`
