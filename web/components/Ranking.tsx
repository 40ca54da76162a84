import Link from 'next/link';
import { useState } from 'react';
import { isMoreBetter, type MeasureColumn } from '../lib/boardColumns.ts';
import type { Entry } from '../lib/chain/types.ts';
import { count, moment, networkLabel, percent, plural } from '../lib/format.ts';
import { givenName } from '../lib/names.ts';
import { proquint } from '../lib/proquint.ts';
import { hasShape } from '../lib/shapeSearch.ts';
import { ModelLink, ModelName, Person } from './Identity.tsx';
import { ResultMarks } from './ResultMarks.tsx';

interface Column {
  key: string;
  name: string;
  /** undefined where it is not stated: such models come last */
  value(entry: Entry): number | undefined;
  /** whether the greatest comes first */
  most?: boolean;
}

const RANK: Column = { key: 'rank', name: 'Rank', value: ({ rank }) => rank };

function columnsOf(entries: readonly Entry[], measures: readonly MeasureColumn[]): Column[] {
  const isRight = entries.some(({ share }) => share !== undefined);
  return [
    { key: 'score', name: 'Score', value: ({ share, score }) => share?.value ?? score.error, most: isRight },
    ...measures.map((column) => ({ ...column, most: isMoreBetter(column) })),
    { key: 'rows', name: 'Rows', value: ({ score }) => score.rows, most: true },
    { key: 'parameters', name: 'Network', value: ({ model }) => model.parameters },
    { key: 'ancestors', name: 'Ancestors', value: ({ ancestry }) => ancestry.ancestors },
    { key: 'time', name: 'Proved', value: ({ score }) => score.block, most: true },
  ];
}

interface Props {
  entries: Entry[];
  filter: string;
  people: Record<string, string>;
  name: string;
  /** measures that have a column */
  measures: MeasureColumn[];
}

/** Results as a table, which can be sorted by every column. */
export function Ranking({ entries, filter, people, name, measures }: Props) {
  const [sort, setSort] = useState({ key: RANK.key, turned: false });
  const columns = columnsOf(entries, measures);
  const column = columns.find(({ key }) => key === sort.key) ?? RANK;
  const isDown = Boolean(column.most) !== sort.turned;
  const wanted = filter.trim().toLowerCase();
  const shown = entries
    .filter(({ model }) => wanted === '' || matches(model, wanted, people))
    .sort((a, b) => compared(column.value(a), column.value(b), isDown) || a.rank - b.rank);
  const head = ({ key, name }: Column) => (
    <SortHead
      key={key}
      name={name}
      active={column.key === key}
      down={isDown}
      onSort={() => setSort({ key, turned: column.key === key && !sort.turned })}
    />
  );
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard */}
      <section className="overflow-x-auto" aria-label={`${name}, as a table`} tabIndex={0}>
        <table className="w-full min-w-[52rem] text-left">
          <thead className="legend border-b border-line">
            <tr>
              {head(RANK)}
              <th scope="col" className="px-3 py-2 font-semibold">
                Model
              </th>
              {columns.map(head)}
              <th scope="col" className="px-3 py-2 font-semibold">
                Comes from
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {shown.map((entry) => (
              <Row key={entry.model.id} entry={entry} people={people} measures={measures} />
            ))}
          </tbody>
        </table>
      </section>
      {shown.length === 0 && (
        <p className="py-4 text-soft">{entries.length === 0 ? 'No result can be compared yet.' : 'Nothing matches.'}</p>
      )}
    </>
  );
}

/** What is not stated comes last, whichever way the others go. */
function compared(a: number | undefined, b: number | undefined, isDown: boolean): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return isDown ? b - a : a - b;
}

function Row({ entry, people, measures }: { entry: Entry } & Pick<Props, 'people' | 'measures'>) {
  const { rank, model, score, share, ancestry } = entry;
  return (
    <tr className="hover:bg-sheet">
      <td className="figure px-3 py-3 text-xl">{rank}</td>
      <td className="max-w-72 min-w-56 px-3 py-3">
        <ModelLink model={model} />
        <span className="mt-1 block text-[0.8125rem]">
          <Person address={model.trainer} people={people} />
        </span>
      </td>
      <td className="px-3 py-3 whitespace-nowrap">
        {share ? (
          <>
            <span className="figure text-xl">{percent(share.value)}</span>
            <span className="block text-[0.8125rem] text-soft">
              {percent(share.low)} to {percent(share.high)}
            </span>
          </>
        ) : (
          <span className="figure text-xl">{(score.error ?? 0).toFixed(4)}</span>
        )}
        <span className="mt-1 grid max-w-40 justify-items-start gap-1 whitespace-normal">
          <ResultMarks result={score} />
        </span>
      </td>
      {measures.map((column) => (
        <td key={column.key} className="px-3 py-3 whitespace-nowrap">
          <MeasureCell column={column} entry={entry} />
        </td>
      ))}
      <td className="figure px-3 py-3">{count(score.rows)}</td>
      <td className="px-3 py-3 whitespace-nowrap">
        <span className={`figure ${model.network === undefined ? '' : 'block max-w-44 whitespace-normal'}`}>
          {networkLabel(model)}
        </span>
        <span className="block text-[0.8125rem] text-soft">{plural(model.parameters, 'parameter')}</span>
      </td>
      <td className="figure px-3 py-3">{count(ancestry.ancestors)}</td>
      <td className="px-3 py-3 text-[0.8125rem] whitespace-nowrap text-soft">
        {score.timestamp ? moment(score.timestamp) : `block ${count(score.block)}`}
      </td>
      <td className="min-w-56 px-3 py-3 text-[0.8125rem]">
        {model.parents.slice(0, 3).map((parent, k) => (
          <span key={parent.id}>
            {k > 0 && <span className="text-soft"> + </span>}
            {parent.weight && <span className="figure text-soft">{parent.weight} × </span>}
            <Link href={`/model/${parent.id}`} className="link">
              <ModelName model={parent} />
            </Link>
          </span>
        ))}
        {model.parents.length > 3 && <span className="text-soft"> + {count(model.parents.length - 3)} more</span>}
        <span className="block text-soft">
          {plural(ancestry.origins, 'origin')}
          {model.declared && ', declared import among them'}
          {model.isForeign && ', by way of a foreign program'}
        </span>
      </td>
    </tr>
  );
}

function MeasureCell({ column: { bound, text }, entry }: { column: MeasureColumn; entry: Entry }) {
  const said = text(entry);
  if (said === undefined) return <span className="text-[0.8125rem] text-soft">not stated</span>;
  return (
    <>
      <span className="figure text-xl">{said}</span>
      <span className="block text-[0.8125rem] text-soft">{bound}</span>
    </>
  );
}

function SortHead({ name, active, down, onSort }: { name: string; active: boolean; down: boolean; onSort(): void }) {
  return (
    <th
      scope="col"
      aria-sort={active ? (down ? 'descending' : 'ascending') : 'none'}
      className="px-3 py-1 font-semibold"
    >
      <button type="button" onClick={onSort} className="legend py-1 whitespace-nowrap hover:text-ink">
        {name} <span aria-hidden="true">{active ? (down ? '↓' : '↑') : ''}</span>
      </button>
    </th>
  );
}

function matches(model: Entry['model'], wanted: string, people: Record<string, string>): boolean {
  return hasShape(model, wanted) || wordsOf(model, people).some((word) => word.includes(wanted));
}

function wordsOf(model: Entry['model'], people: Record<string, string>): string[] {
  const { id, trainer, head } = model;
  return [
    proquint(id),
    (givenName(model) ?? '').toLowerCase(),
    id,
    trainer.toLowerCase(),
    head,
    (people[trainer.toLowerCase()] ?? '').toLowerCase(),
  ];
}
