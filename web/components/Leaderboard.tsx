'use client';

import Link from 'next/link';
import { useId, useState } from 'react';
import type { Board, Entry } from '../lib/chain/types.ts';
import { count, moment, percent, plural, widthsLabel } from '../lib/format.ts';
import { safeText } from '../lib/hostile.ts';
import { givenName } from '../lib/names.ts';
import { proquint } from '../lib/proquint.ts';
import { BestOverTime } from './BestOverTime.tsx';
import { ModelLink, ModelName, Person } from './Identity.tsx';
import { Section } from './Section.tsx';
import { StrangersText } from './StrangersText.tsx';

type Column = 'rank' | 'score' | 'rows' | 'parameters' | 'depth' | 'time';

const COLUMNS: { key: Column; name: string; value(entry: Entry): number }[] = [
  { key: 'rank', name: 'Rank', value: ({ rank }) => rank },
  { key: 'score', name: 'Score', value: ({ share, score }) => -(share?.value ?? -(score.error ?? 0)) },
  { key: 'rows', name: 'Rows', value: ({ score }) => -score.rows },
  { key: 'parameters', name: 'Network', value: ({ model }) => model.parameters },
  { key: 'depth', name: 'Depth', value: ({ model }) => model.depth },
  { key: 'time', name: 'Proved', value: ({ score }) => -score.block },
];

/** All benchmarks, one at a time. */
export function Leaderboard({ boards, people }: { boards: Board[]; people: Record<string, string> }) {
  const [chosen, setChosen] = useState(0);
  const id = useId();
  const board = boards[chosen];
  return (
    <div className="mx-auto grid max-w-7xl gap-10 px-4 sm:px-6">
      {boards.length > 1 && (
        <div className="grid gap-1 sm:max-w-md">
          <label htmlFor={id} className="text-[0.8125rem] text-soft">
            Benchmark
          </label>
          <select id={id} className="field" value={chosen} onChange={(event) => setChosen(Number(event.target.value))}>
            {boards.map(({ benchmark }, k) => (
              <option key={benchmark.id} value={k}>
                {safeText(benchmark.uri).slice(0, 60) || benchmark.id.slice(0, 10)}, {plural(benchmark.rows, 'row')}
              </option>
            ))}
          </select>
        </div>
      )}
      {board ? <OneBoard key={board.benchmark.id} board={board} people={people} /> : <NoBoard />}
    </div>
  );
}

function OneBoard({ board: { benchmark, entries }, people }: { board: Board; people: Record<string, string> }) {
  const [sort, setSort] = useState<{ key: Column; down: boolean }>({ key: 'rank', down: false });
  const [filter, setFilter] = useState('');
  const column = COLUMNS.find(({ key }) => key === sort.key)!;
  const wanted = filter.trim().toLowerCase();
  const shown = entries
    .filter(({ model }) => wanted === '' || wordsOf(model, people).some((word) => word.includes(wanted)))
    .sort((a, b) => (sort.down ? -1 : 1) * (column.value(a) - column.value(b)) || a.rank - b.rank);
  const sealed = benchmark.sealed;
  return (
    <>
      <div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)] lg:items-start">
        <dl className="grid-facts">
          <dt>Benchmark</dt>
          <dd>
            <StrangersText text={benchmark.uri} />
          </dd>
          <dt>Rows</dt>
          <dd className="figure">{count(benchmark.rows)}</dd>
          <dt>Kind</dt>
          <dd>{benchmark.kind === 'classes' ? 'Classes, share right' : 'Numbers, mean squared error'}</dd>
          <dt>Sealed</dt>
          <dd>
            {!sealed
              ? 'No: its rows could have been trained on'
              : sealed.opened
                ? `Yes: only models registered up to block ${count(sealed.closingBlock)} count`
                : 'Yes, still closed'}
          </dd>
        </dl>
        <BestOverTime entries={entries} />
      </div>
      <Section
        title="Scores"
        aside={
          <span className="flex gap-4">
            <a className="link" href={`/api/leaderboard/${benchmark.id}?format=csv`} download>
              CSV
            </a>
            <a className="link" href={`/api/leaderboard/${benchmark.id}?format=json`} download>
              JSON
            </a>
          </span>
        }
      >
        <div className="py-4 sm:max-w-xs">
          <input
            className="field"
            type="search"
            placeholder="Filter by name, trainer, network"
            aria-label="Filter by name, trainer or network"
            value={filter}
            maxLength={80}
            onChange={(event) => setFilter(event.target.value)}
          />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard */}
        <section className="overflow-x-auto" aria-label="Scores" tabIndex={0}>
          <table className="w-full min-w-[52rem] text-left">
            <thead className="legend border-b border-line">
              <tr>
                {COLUMNS.slice(0, 1).map(({ key, name }) => (
                  <SortHead
                    key={key}
                    name={name}
                    active={sort.key === key}
                    down={sort.down}
                    onSort={() => setSort(next(sort, key))}
                  />
                ))}
                <th scope="col" className="px-3 py-2 font-semibold">
                  Model
                </th>
                {COLUMNS.slice(1).map(({ key, name }) => (
                  <SortHead
                    key={key}
                    name={name}
                    active={sort.key === key}
                    down={sort.down}
                    onSort={() => setSort(next(sort, key))}
                  />
                ))}
                <th scope="col" className="px-3 py-2 font-semibold">
                  Comes from
                </th>
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {shown.map((entry) => (
                <Row key={entry.model.id} entry={entry} people={people} />
              ))}
            </tbody>
          </table>
        </section>
        {shown.length === 0 && (
          <p className="py-4 text-soft">
            {entries.length === 0 ? 'Nobody has proved a score yet.' : 'Nothing matches.'}
          </p>
        )}
      </Section>
    </>
  );
}

function Row({
  entry: { rank, model, score, share, ancestors },
  people,
}: {
  entry: Entry;
  people: Record<string, string>;
}) {
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
      </td>
      <td className="figure px-3 py-3">{count(score.rows)}</td>
      <td className="px-3 py-3 whitespace-nowrap">
        <span className="figure">{widthsLabel(model.widths)}</span>
        <span className="block text-[0.8125rem] text-soft">{plural(model.parameters, 'parameter')}</span>
      </td>
      <td className="figure px-3 py-3">{model.depth}</td>
      <td className="px-3 py-3 text-[0.8125rem] whitespace-nowrap text-soft">
        {score.timestamp ? moment(score.timestamp) : `block ${count(score.block)}`}
      </td>
      <td className="min-w-56 px-3 py-3 text-[0.8125rem]">
        {ancestors.slice(0, 3).map((ancestor, k) => (
          <span key={ancestor.id}>
            {k > 0 && <span className="text-soft"> ← </span>}
            <Link href={`/model/${ancestor.id}`} className="link">
              <ModelName model={ancestor} />
            </Link>
          </span>
        ))}
        {ancestors.length > 3 && <span className="text-soft"> ← …</span>}
      </td>
    </tr>
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

function NoBoard() {
  return (
    <div className="sheet max-w-2xl p-6 sm:p-8">
      <h2 className="title text-2xl">No benchmark yet</h2>
      <p className="mt-2 text-soft">
        Once somebody registers a benchmark on this registry and proves a score on it, the models stand here by what
        they get right, with the rows it was measured on and what they descend from.
      </p>
      <p className="mt-5">
        <Link href="/tree" className="button">
          See all models in the tree
        </Link>
      </p>
    </div>
  );
}

function next(sort: { key: Column; down: boolean }, key: Column) {
  return { key, down: sort.key === key && !sort.down };
}

function wordsOf(model: Entry['model'], people: Record<string, string>): string[] {
  const { id, trainer, widths } = model;
  return [
    proquint(id),
    (givenName(model) ?? '').toLowerCase(),
    id,
    trainer.toLowerCase(),
    widths.join('-'),
    (people[trainer.toLowerCase()] ?? '').toLowerCase(),
  ];
}
