import type { Entry } from '../lib/chain/types.ts';
import { percent } from '../lib/format.ts';

const WIDTH = 640;
const HEIGHT = 180;
const LEFT = 58;
const BOTTOM = 26;
const TOP = 16;

/** The best score as it rose, block by block. */
export function BestOverTime({ entries }: { entries: Entry[] }) {
  const scores = entries
    .filter(({ share }) => share !== undefined)
    .map(({ share, score }) => ({ at: score.block, value: share!.value }))
    .sort((a, b) => a.at - b.at);
  if (scores.length < 2)
    return (
      <p className="text-soft">
        The chart of the best score over time begins with the second score that can be compared.
      </p>
    );
  const [first, last] = [scores[0].at, scores[scores.length - 1].at];
  const low = Math.floor(10 * Math.min(...scores.map(({ value }) => value))) / 10;
  const high = Math.min(1, Math.ceil(10 * Math.max(...scores.map(({ value }) => value))) / 10) || 1;
  const x = (at: number) => LEFT + ((WIDTH - LEFT - 8) * (at - first)) / Math.max(1, last - first);
  const y = (value: number) => TOP + (HEIGHT - BOTTOM - TOP) * (1 - (value - low) / Math.max(0.1, high - low));
  let best = 0;
  let line = '';
  for (const { at, value } of scores) {
    if (value > best) {
      line += line === '' ? `M${x(at)} ${y(value)}` : `H${x(at)}V${y(value)}`;
      best = value;
    }
  }
  return (
    <figure>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        className="w-full"
        role="img"
        aria-label={`Best score over time, from ${percent(scores[0].value)} to ${percent(best)}`}
      >
        {[low, (low + high) / 2, high].map((value) => (
          <g key={value}>
            <path d={`M${LEFT} ${y(value)}H${WIDTH - 8}`} stroke="var(--color-line)" />
            <text
              x={LEFT - 8}
              y={y(value) + 4}
              textAnchor="end"
              className="text-[12px] max-sm:text-[21px]"
              fill="var(--color-soft)"
            >
              {percent(value, 0)}
            </text>
          </g>
        ))}
        {scores.map(({ at, value }) => (
          <circle key={`${at} ${value}`} cx={x(at)} cy={y(value)} r="3" fill="var(--color-rule)" />
        ))}
        <path d={`${line}H${WIDTH - 8}`} fill="none" stroke="var(--color-mark)" strokeWidth="2.5" />
        <text x={LEFT} y={HEIGHT - 4} className="text-[12px] max-sm:text-[21px]" fill="var(--color-soft)">
          block {first}
        </text>
        <text
          x={WIDTH - 8}
          y={HEIGHT - 4}
          textAnchor="end"
          className="text-[12px] max-sm:text-[21px]"
          fill="var(--color-soft)"
        >
          block {last}
        </text>
      </svg>
      <figcaption className="text-[0.8125rem] text-soft">
        Best score over time; dots are all scores that can be compared.
      </figcaption>
    </figure>
  );
}
