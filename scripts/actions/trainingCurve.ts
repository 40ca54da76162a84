/** A line of a panel: values at the same x as all others of its panel; undefined where nothing was measured. */
export interface Series {
  name: string;
  /** 1 is the stronger colour. */
  colour: 1 | 2;
  points: { x: number; y: number }[];
}

export interface Panel {
  /** Of the vertical axis, with its unit. */
  label: string;
  series: Series[];
  /** How a value is written. */
  format(value: number): string;
  /** Greatest value that is possible, if there is one. */
  limit?: number;
  /** Values to compare with, as broken lines across the panel. */
  levels?: readonly { name: string; y: number }[];
}

const WIDTH = 760;
const PANEL = 230;
const GAP = 62;
const LEFT = 76;
const RIGHT = 28;
const TOP = 58;
const BOTTOM = 62;
const MAX_DOTS = 80;
/** Between the names of levels, so that those of close ones stand side by side. */
const LEVEL_NAME = 84;

/** Colours of both modes; a viewer that knows neither gets the light ones. */
const STYLE = `
  .paper { fill: #ffffff } .ink { fill: #1b1f24 } .soft { fill: #59636e } .grid { stroke: #dfe3e8 } .axis { stroke: #8b949e }
  .line1 { stroke: #0a58ca } .dot1 { fill: #0a58ca } .line2 { stroke: #b35900 } .dot2 { fill: #b35900 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #14171c } .ink { fill: #e8eaed } .soft { fill: #a4adb8 } .grid { stroke: #2c333b } .axis { stroke: #69727d }
    .line1 { stroke: #6ea8fe } .dot1 { fill: #6ea8fe } .line2 { stroke: #f0a35e } .dot2 { fill: #f0a35e }
  }
  text { font: 13px system-ui, sans-serif } .title { font-size: 15px; font-weight: 600 } polyline { fill: none; stroke-width: 2 }
  .level { stroke: #8b949e; stroke-dasharray: 5 4 } .small { font-size: 11px }`;

/**
 * Panels one below the other over the same horizontal axis, as a picture that follows the reader's light or dark mode.
 * @param title above all; @param xLabel of the horizontal axis
 * @returns a complete SVG document
 */
export function drawCurves(title: string, xLabel: string, panels: readonly Panel[]): string {
  const height = TOP + panels.length * PANEL + (panels.length - 1) * GAP + BOTTOM;
  const xs = panels.flatMap(({ series }) => series.flatMap(({ points }) => points.map(({ x }) => x)));
  const end = Math.max(1, ...xs);
  const xTicks = ticks(0, end, 8).filter((value) => value <= end);
  const x = scale(0, end, LEFT, WIDTH - RIGHT);
  const parts = panels.map((panel, k) => drawPanel(panel, TOP + k * (PANEL + GAP), x, xTicks));
  const middle = (LEFT + WIDTH - RIGHT) / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${escapeXml(title)}</title>
<style>${STYLE}
</style>
<rect class="paper" width="${WIDTH}" height="${height}"/>
<text class="ink title" x="${LEFT}" y="26">${escapeXml(title)}</text>
${parts.join('\n')}
<text class="soft" x="${middle}" y="${height - 16}" text-anchor="middle">${escapeXml(xLabel)}</text>
</svg>
`;
}

function drawPanel(
  { label, series, format, limit, levels = [] }: Panel,
  top: number,
  x: (v: number) => number,
  xTicks: number[],
): string {
  const measured = series.flatMap(({ points }) => points.map((point) => point.y));
  const values = [...measured, ...levels.map((level) => level.y)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  // Near zero the axis begins at zero; elsewhere what changes is what matters.
  const yTicks = ticks(low < 0.4 * high ? 0 : low, high, 5, limit);
  const bottom = top + PANEL;
  const y = scale(yTicks[0], yTicks.at(-1)!, bottom, top);
  const grid = yTicks.map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y(value))}" y2="${at(y(value))}"/>` +
      `<text class="soft" x="${LEFT - 10}" y="${at(y(value) + 4)}" text-anchor="end">${escapeXml(format(value))}</text>`,
  );
  const below = xTicks.map(
    (value) =>
      `<line class="axis" x1="${at(x(value))}" x2="${at(x(value))}" y1="${bottom}" y2="${bottom + 5}"/>` +
      `<text class="soft" x="${at(x(value))}" y="${bottom + 20}" text-anchor="middle">${value.toLocaleString('en-US')}</text>`,
  );
  const lines = series.map(({ colour, points }) => {
    const path = points.map((point) => `${at(x(point.x))},${at(y(point.y))}`).join(' ');
    const dots = points.length > MAX_DOTS ? [] : points;
    return `<polyline class="line${colour}" points="${path}"/>${dots
      .map((point) => `<circle class="dot${colour}" cx="${at(x(point.x))}" cy="${at(y(point.y))}" r="3"/>`)
      .join('')}`;
  });
  return [
    ...grid,
    `<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${bottom}" y2="${bottom}"/>`,
    ...below,
    ...levels.map((level, k) => drawLevel(level.name, y(level.y), k)),
    `<text class="ink" transform="translate(18 ${top + PANEL / 2}) rotate(-90)" text-anchor="middle">${escapeXml(label)}</text>`,
    ...lines,
    drawKey(series, format, top),
  ].join('\n');
}

function drawLevel(name: string, y: number, place: number): string {
  return (
    `<line class="level" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y)}" y2="${at(y)}"/>` +
    `<text class="soft small" x="${LEFT + 6 + place * LEVEL_NAME}" y="${at(y - 4)}">${escapeXml(name)}</text>`
  );
}

/** Names of the lines with their last values, above the panel at its right. */
function drawKey(series: readonly Series[], format: (value: number) => string, top: number): string {
  let right = WIDTH - RIGHT;
  const parts: string[] = [];
  for (const { name, colour, points } of [...series].reverse()) {
    const text = `${name}: ${format(points.at(-1)!.y)}`;
    parts.unshift(
      `<text class="ink" x="${right}" y="${top - 10}" text-anchor="end"><tspan class="dot${colour}">●</tspan> ${escapeXml(text)}</text>`,
    );
    right -= 7.2 * text.length + 44;
  }
  return parts.join('\n');
}

/** Round numbers that cover low..high, about `count` of them, none above `limit`. */
function ticks(low: number, high: number, count: number, limit = Number.POSITIVE_INFINITY): number[] {
  const span = high > low ? high - low : Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / count));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => span / size <= count)!;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.min(high, limit) / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

function scale(from: number, to: number, start: number, end: number): (value: number) => number {
  return (value) => start + ((value - from) / (to - from)) * (end - start);
}

function at(value: number): string {
  return value.toFixed(1);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
