'use client';

import Link from 'next/link';
import { useState } from 'react';
import type { BenchmarkChoice, Board, Entry } from '../lib/chain/types.ts';
import { count, moment, networkLabel, percent, plural, shapeText } from '../lib/format.ts';
import { benchmarkName, givenName } from '../lib/names.ts';
import { proquint } from '../lib/proquint.ts';
import { BenchmarkSelect } from './BenchmarkSelect.tsx';
import { BestOverTime } from './BestOverTime.tsx';
import { Hash, ModelLink, ModelName, Person } from './Identity.tsx';
import { NoneChosen, ResultMarks } from './ResultMarks.tsx';
import { Section } from './Section.tsx';
import { StrangersText } from './StrangersText.tsx';

type Column = 'rank' | 'score' | 'rows' | 'parameters' | 'ancestors' | 'time';

const COLUMNS: { key: Column; name: string; value(entry: Entry): number }[] = [
  { key: 'rank', name: 'Rank', value: ({ rank }) => rank },
  { key: 'score', name: 'Score', value: ({ share, score }) => -(share?.value ?? -(score.error ?? 0)) },
  { key: 'rows', name: 'Rows', value: ({ score }) => -score.rows },
  { key: 'parameters', name: 'Network', value: ({ model }) => model.parameters },
  { key: 'ancestors', name: 'Ancestors', value: ({ ancestry }) => ancestry.ancestors },
  { key: 'time', name: 'Proved', value: ({ score }) => -score.block },
];

/** One benchmark, chosen in the link. */
export function Leaderboard({
  choice,
  board,
  people,
}: {
  choice: BenchmarkChoice;
  board?: Board;
  people: Record<string, string>;
}) {
  if (choice.total === 0) return <NoBoard />;
  return (
    <div className="mx-auto grid max-w-7xl grid-cols-[minmax(0,1fr)] gap-10 px-4 sm:px-6">
      <div>
        <BenchmarkSelect choice={choice} path="/leaderboard" />
        <NoneChosen choice={choice} />
      </div>
      {board ? (
        <OneBoard key={board.benchmark.id} board={board} people={people} />
      ) : (
        <Benchmarks choice={choice} people={people} />
      )}
    </div>
  );
}

/** What can be chosen. */
function Benchmarks({ choice: { benchmarks }, people }: { choice: BenchmarkChoice; people: Record<string, string> }) {
  return (
    <Section title="Benchmarks" aside="the oldest first">
      <ul className="divide-y divide-line">
        {benchmarks.map((benchmark) => (
          <li
            key={benchmark.id}
            className="grid gap-x-6 gap-y-1 py-3 sm:grid-cols-[minmax(0,1fr)_auto] sm:items-center"
          >
            <Link href={`/leaderboard?benchmark=${benchmark.id}`} className="link min-w-0 break-words">
              <bdi>{benchmarkName(benchmark)}</bdi>
            </Link>
            <span className="text-soft">
              {plural(benchmark.rows, 'row')}, {plural(benchmark.results, 'result')}
              {benchmark.by && (
                <>
                  , by <Person address={benchmark.by} people={people} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function OneBoard({ board: { benchmark, entries, apart }, people }: { board: Board; people: Record<string, string> }) {
  const [filter, setFilter] = useState('');
  const sealed = benchmark.sealed;
  const silent = [...entries, ...apart].filter(({ score }) => score.sameSchema === undefined).length;
  return (
    <>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)] lg:items-start">
        <dl className="grid-facts">
          <dt>Benchmark</dt>
          <dd>
            <StrangersText text={benchmark.uri} />
            <Hash value={benchmark.id} what="id of the benchmark" />
          </dd>
          {benchmark.by && (
            <>
              <dt>{sealed && !sealed.opened ? 'Sealed by' : 'Listed by'}</dt>
              <dd>
                <Person address={benchmark.by} people={people} />
              </dd>
            </>
          )}
          <dt>Rows</dt>
          <dd className="figure">{count(benchmark.rows)}</dd>
          <dt>Kind</dt>
          <dd>{KINDS[benchmark.kind]}</dd>
          <dt>Sealed</dt>
          <dd>
            {!sealed
              ? 'No: its rows could have been trained on'
              : sealed.opened
                ? `Yes: only models registered up to block ${count(sealed.closingBlock)} count, before its rows were. Whoever made the rows or got them earlier can still have trained on them`
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
        <p className="pt-3 text-soft" data-testid="kinds">
          {plural(entries.length, 'result')} that can be compared. {setApart(apart)} The same rows registered again as
          another shard cannot be recognised.{' '}
          {silent > 0 &&
            `For ${plural(silent, 'result')}, the model or the rows do not state their columns and classes: nothing shows that those are the same.`}
        </p>
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
        <Ranking entries={entries} filter={filter} people={people} name="Scores" />
      </Section>
      {apart.length > 0 && (
        <Section title="Set apart">
          <p className="py-4 text-soft">
            These models, or ancestors of theirs, were trained on rows of this benchmark or on other columns or classes.
            Their results say little about rows that they have not seen.
          </p>
          <Ranking entries={apart} filter={filter} people={people} name="Set apart" />
        </Section>
      )}
    </>
  );
}

/** How many results stand apart, and why. */
/** How many results are kept apart from those that can be compared, and why; one result may have both reasons. */
function setApart(apart: Entry[]): string {
  const trained = apart.filter(({ score }) => score.trainedRows > 0).length;
  const other = apart.filter(({ score }) => score.sameSchema === false).length;
  if (apart.length === 0) return 'No result is set apart.';
  const reasons = [
    ...(trained > 0 ? [`${count(trained)} of models that were trained on these rows`] : []),
    ...(other > 0 ? [`${count(other)} with other columns or classes`] : []),
  ];
  return `${plural(apart.length, 'result is', 'results are')} set apart: ${reasons.join(', ')}.`;
}

function Ranking({
  entries,
  filter,
  people,
  name,
}: {
  entries: Entry[];
  filter: string;
  people: Record<string, string>;
  name: string;
}) {
  const [sort, setSort] = useState<{ key: Column; down: boolean }>({ key: 'rank', down: false });
  const column = COLUMNS.find(({ key }) => key === sort.key)!;
  const wanted = filter.trim().toLowerCase();
  const shown = entries
    .filter(({ model }) => wanted === '' || wordsOf(model, people).some((word) => word.includes(wanted)))
    .sort((a, b) => (sort.down ? -1 : 1) * (column.value(a) - column.value(b)) || a.rank - b.rank);
  const head = ({ key, name }: (typeof COLUMNS)[number]) => (
    <SortHead
      key={key}
      name={name}
      active={sort.key === key}
      down={sort.down}
      onSort={() => setSort(next(sort, key))}
    />
  );
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard */}
      <section className="overflow-x-auto" aria-label={`${name}, as a table`} tabIndex={0}>
        <table className="w-full min-w-[52rem] text-left">
          <thead className="legend border-b border-line">
            <tr>
              {COLUMNS.slice(0, 1).map(head)}
              <th scope="col" className="px-3 py-2 font-semibold">
                Model
              </th>
              {COLUMNS.slice(1).map(head)}
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
        <p className="py-4 text-soft">{entries.length === 0 ? 'No result can be compared yet.' : 'Nothing matches.'}</p>
      )}
    </>
  );
}

function Row({
  entry: { rank, model, score, share, ancestry },
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
        <span className="mt-1 grid max-w-40 justify-items-start gap-1 whitespace-normal">
          <ResultMarks result={score} />
        </span>
      </td>
      <td className="figure px-3 py-3">{count(score.rows)}</td>
      <td className="px-3 py-3 whitespace-nowrap">
        <span className="figure">{networkLabel(model)}</span>
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
            <Link href={`/model/${parent.id}`} className="link">
              <ModelName model={parent} />
            </Link>
          </span>
        ))}
        {model.parents.length > 3 && <span className="text-soft"> + {count(model.parents.length - 3)} more</span>}
        <span className="block text-soft">
          {plural(ancestry.origins, 'origin')}
          {model.declared && ', declared import among them'}
        </span>
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

const KINDS: Record<Board['benchmark']['kind'], string> = {
  classes: 'Classes, share right',
  labels: 'Labels, share of rows with all of them right',
  regression: 'Numbers, mean squared error',
};

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
  const { id, trainer, head } = model;
  return [
    proquint(id),
    (givenName(model) ?? '').toLowerCase(),
    id,
    trainer.toLowerCase(),
    shapeText(model),
    head,
    (people[trainer.toLowerCase()] ?? '').toLowerCase(),
  ];
}
