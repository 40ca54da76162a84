import type { Network } from '../../src/model/network.ts';
import { count } from '../lib/format.ts';
import { DOT_STEP, type DrawnStage, drawNetwork, networkInWords, SHEET_STEP } from '../lib/networkDrawing.ts';

interface Props {
  network: Network;
  /** as people write it */
  text: string;
  parameters: number;
}

/** A convolutional network: its pictures and layers from left to right, and each of them in words. */
export function NetworkFigure({ network, text, parameters }: Props) {
  const { width, height, stages } = drawNetwork(network);
  return (
    <figure>
      <svg viewBox={`0 0 ${width} ${height}`} width={width} aria-hidden="true" className="h-auto max-w-full">
        <path d={denseLines(stages)} fill="none" stroke="var(--color-line)" strokeWidth="0.7" />
        {stages.map((stage) => (
          <Stage key={stage.x} stage={stage} />
        ))}
        <path d={kernelLines(stages)} fill="none" stroke="currentColor" strokeWidth="0.7" />
      </svg>
      <figcaption className="mt-2">
        <span className="figure break-words">{text}</span>{' '}
        <span className="whitespace-nowrap text-soft">{count(parameters)} parameters</span>
        <ol className="mt-1 text-[0.8125rem] text-soft">
          {networkInWords(network).map((words, l) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its place
            <li key={l}>{words}</li>
          ))}
        </ol>
      </figcaption>
    </figure>
  );
}

function Stage({ stage }: { stage: DrawnStage }) {
  const { x, y, width, height, sheets, dots, kernel } = stage;
  if (dots > 0) return <path d={dotsAt(stage)} fill="currentColor" />;
  return (
    <>
      {Array.from({ length: sheets }, (_, k) => sheets - 1 - k).map((k) => (
        <rect
          key={k}
          x={x + k * SHEET_STEP}
          y={y - k * SHEET_STEP}
          width={width}
          height={height}
          fill="var(--color-sheet)"
          stroke="var(--color-rule)"
        />
      ))}
      {kernel && (
        <path
          d={kernelPath(kernel)}
          fill="color-mix(in srgb, var(--color-contour) 45%, transparent)"
          stroke="currentColor"
        />
      )}
    </>
  );
}

/** A column of dots, from top to bottom. */
function dotsAt({ x, y, dots }: DrawnStage): string {
  const r = 2.6;
  return Array.from({ length: dots }, (_, k) => {
    const middle = y + (k + 0.5) * DOT_STEP;
    return `M${x} ${middle}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
  }).join('');
}

/** A square; of averages with its four parts. */
function kernelPath({ x, y, size, pooled }: NonNullable<DrawnStage['kernel']>): string {
  const square = `M${x} ${y}h${size}v${size}h${-size}z`;
  return pooled ? `${square}M${x + size / 2} ${y}v${size}M${x} ${y + size / 2}h${size}` : square;
}

/** From every kernel to one place of what it makes. */
function kernelLines(stages: readonly DrawnStage[]): string {
  return stages
    .map(({ kernel }, l) => {
      if (!kernel) return '';
      const { x, y, width, height } = stages[l + 1];
      const right = kernel.x + kernel.size;
      return `M${right} ${kernel.y}L${x + 0.4 * width} ${y + 0.4 * height}L${right} ${kernel.y + kernel.size}`;
    })
    .join('');
}

/** From all of a picture, or every unit, to all units of the dense layer behind it. */
function denseLines(stages: readonly DrawnStage[]): string {
  const ends = ({ y, height, dots }: DrawnStage) =>
    dots === 0 ? [y, y + height] : Array.from({ length: dots }, (_, k) => y + (k + 0.5) * DOT_STEP);
  return stages
    .slice(1)
    .map((to, l) => {
      const from = stages[l];
      if (to.dots === 0) return '';
      const lines = ends(from).flatMap((start) =>
        ends(to).map((end) => `M${from.x + from.width} ${start}L${to.x} ${end}`),
      );
      return lines.join('');
    })
    .join('');
}
