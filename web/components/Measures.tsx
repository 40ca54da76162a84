import type { ReactNode } from 'react';
import type { Head } from '../../src/model/head.ts';
import { atMost } from '../../src/model/measures.ts';
import type { ShardKind } from '../../src/model/shardKind.ts';
import type { ResultMeasures } from '../lib/chain/types.ts';
import { count, plural } from '../lib/format.ts';
import { outputsOf } from '../lib/measures.ts';

interface Props {
  measures: ResultMeasures;
  /** of the model */
  head: Head | undefined;
  kind: ShardKind;
  rows: number;
}

/** Classes or labels up to which counts are shown at once. */
const MOST_OPEN = 12;

/** What scores prove beside the result, as entries of a list of facts. */
export function MeasureFacts({ measures, head, kind, rows }: Props) {
  const { lossPerRow, meanAbsoluteError, tops, counts } = measures;
  return (
    <>
      {lossPerRow !== undefined && (
        <Fact name="Log-loss">
          at most <span className="figure">{atMost(lossPerRow)}</span> a row{' '}
          <span className="text-soft">
            natural logarithm, the mean over the rows
            {head === 'sigmoid' && `; of a row the sum over all ${kind}, each for itself`}
          </span>
        </Fact>
      )}
      {meanAbsoluteError !== undefined && (
        <Fact name="Absolute error">
          mean <span className="figure">{meanAbsoluteError.toPrecision(4)}</span>{' '}
          <span className="text-soft">of all outputs, exact</span>
        </Fact>
      )}
      {tops.map(({ k, rows: many }) => (
        <Fact key={k} name={kind === 'labels' ? 'Labels wrong' : `Top ${k}`}>
          {topInWords(kind, k)} in at least <span className="figure">{count(many)}</span> of {plural(rows, 'row')}
        </Fact>
      ))}
      {counts && (
        <Fact name={kind === 'classes' ? 'Confusion matrix' : 'Each label'} isWide>
          <Counts counts={counts} kind={kind} rows={rows} />
        </Fact>
      )}
    </>
  );
}

function topInWords(kind: ShardKind, k: number): string {
  if (kind === 'labels') return k === 1 ? 'none' : `fewer than ${k}`;
  return k === 1 ? 'label the highest' : `label among the ${k} highest`;
}

/** @param isWide it takes all of a narrow screen */
function Fact({ name, children, isWide }: { name: string; children: ReactNode; isWide?: boolean }) {
  const across = isWide ? 'max-md:col-span-full' : '';
  return (
    <>
      <dt className={across}>{name}</dt>
      <dd className={`min-w-0 ${across} ${isWide ? 'max-md:border-t-0! max-md:pt-0!' : ''}`}>{children}</dd>
    </>
  );
}

interface CountsProps {
  counts: readonly number[];
  kind: ShardKind;
  rows: number;
  /** whose they are, where there are others beside them */
  whose?: string;
}

/** How many rows of each class are taken for which, or with each label right. Many are shown on demand. */
export function Counts({ counts, kind, rows, whose }: CountsProps) {
  const size = outputsOf(counts, kind);
  const what = kind === 'classes' ? 'Rows by label and predicted class' : 'Rows with each label right';
  const name = whose ? `${what}, ${whose}` : what;
  const table =
    kind === 'classes' ? (
      <Matrix counts={counts} size={size} name={name} />
    ) : (
      <Labels counts={counts} rows={rows} name={name} />
    );
  const words =
    kind === 'classes'
      ? matrixInWords(counts, rows)
      : `Each label is right in at least so many of ${plural(rows, 'row')}.`;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-2">
      {size <= MOST_OPEN ? (
        table
      ) : (
        <details>
          <summary className="link cursor-pointer">
            Counts of {count(size)} {kind}
          </summary>
          <div className="mt-2">{table}</div>
        </details>
      )}
      <p className="text-[0.8125rem] text-soft">
        {words} {kind === 'classes' ? 'Classes' : 'Labels'} are numbered from 0, in the order of the outputs.
      </p>
    </div>
  );
}

/** Where the counts sum to all rows, none of them can be greater: each is exact. */
function matrixInWords(counts: readonly number[], rows: number): string {
  const hidden = rows - counts.reduce((sum, value) => sum + value, 0);
  if (hidden <= 0) return `All ${plural(rows, 'row')} are shown, so that every number is exact.`;
  const left = `${count(hidden)} of ${plural(rows, 'row')} ${hidden === 1 ? 'is' : 'are'} not shown`;
  return `Every number is at least so many. ${left}: ties, or left out by who proved the score.`;
}

/** Rows by label and predicted class. The colour says what share of a label's shown rows it is; the numbers say all. */
function Matrix({ counts, size, name }: { counts: readonly number[]; size: number; name: string }) {
  const lines = Array.from({ length: size }, (_, i) => counts.slice(i * size, (i + 1) * size));
  const line = (values: readonly number[], i: number) => {
    const sum = values.reduce((total, value) => total + value, 0);
    return (
      <tr key={i}>
        <th scope="row" className="sticky left-0 z-10 bg-paper py-1 pr-2 text-right font-normal text-soft">
          {i}
        </th>
        {values.map((value, j) => (
          <Cell
            // biome-ignore lint/suspicious/noArrayIndexKey: a class is its number
            key={j}
            value={value}
            share={sum === 0 ? 0 : value / sum}
            isRight={i === j}
          />
        ))}
      </tr>
    );
  };
  return (
    <Scrolling name={name}>
      <table className="figure border-separate border-spacing-px text-[0.8125rem]">
        <caption className="sr-only">Rows by label, one line each, and predicted class, one column each</caption>
        <thead>
          <tr>
            <th className="legend sticky left-0 z-10 bg-paper pr-2 pb-1 text-right" scope="col">
              Label
            </th>
            <th className="legend px-1 pb-1 text-left whitespace-nowrap" scope="colgroup" colSpan={size}>
              Predicted class
            </th>
          </tr>
          <tr>
            <td className="sticky left-0 z-10 bg-paper" />
            {lines.map((_, j) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a class is its number
              <th key={j} scope="col" className="min-w-7 px-0.5 pb-1 text-center sm:min-w-9 font-normal text-soft">
                {j}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{lines.map(line)}</tbody>
      </table>
    </Scrolling>
  );
}

function Cell({ value, share, isRight }: { value: number; share: number; isRight: boolean }) {
  const colour = isRight ? 'var(--color-good)' : 'var(--color-bad)';
  const heat = value === 0 ? 0 : Math.round(8 + 36 * share);
  return (
    <td
      className={`min-w-7 px-0.5 py-1 text-center sm:min-w-9 ${value === 0 ? 'bg-sunk text-soft' : ''} ${isRight ? 'font-semibold outline-1 -outline-offset-1 outline-rule' : ''}`}
      {...(heat > 0 && { style: { background: `color-mix(in srgb, ${colour} ${heat}%, var(--color-sheet))` } })}
    >
      {count(value)}
    </td>
  );
}

/** In how many rows each label is right. */
function Labels({ counts, rows, name }: { counts: readonly number[]; rows: number; name: string }) {
  return (
    <Scrolling name={name} height="max-h-[34rem]">
      <table className="figure w-full max-w-sm text-[0.8125rem]">
        <caption className="sr-only">In how many rows each label is right, at least</caption>
        <thead className="legend">
          <tr>
            <th scope="col" className="pr-3 text-right">
              Label
            </th>
            <th scope="col" className="px-2 text-right whitespace-nowrap">
              Rows right
            </th>
            <th scope="col" className="w-full px-2 text-left">
              Share
            </th>
          </tr>
        </thead>
        <tbody>
          {counts.map((value, j) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a label is its number
            <tr key={j}>
              <th scope="row" className="py-0.5 pr-3 text-right font-normal text-soft">
                {j}
              </th>
              <td className="px-2 text-right">{count(value)}</td>
              <td className="px-2" aria-hidden="true">
                <div className="h-2 bg-sunk">
                  <div className="h-full bg-good" style={{ width: `${(100 * value) / rows}%` }} />
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolling>
  );
}

function Scrolling({ name, children, height = '' }: { name: string; children: ReactNode; height?: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard
    <section className={`overflow-auto ${height}`} aria-label={`${name}, as a table`} tabIndex={0}>
      {children}
    </section>
  );
}
