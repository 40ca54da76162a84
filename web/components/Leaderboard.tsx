'use client';

import Link from 'next/link';
import { useState } from 'react';
import { type MeasureColumn, measureColumns } from '../lib/boardColumns.ts';
import type { Benchmark, BenchmarkChoice, Board, Entry } from '../lib/chain/types.ts';
import { capitalised, count, ether, moment, plural } from '../lib/format.ts';
import { benchmarkName } from '../lib/names.ts';
import { BenchmarkSelect } from './BenchmarkSelect.tsx';
import { BestOverTime } from './BestOverTime.tsx';
import { Hash, Person } from './Identity.tsx';
import { Ranking } from './Ranking.tsx';
import { NoneChosen } from './ResultMarks.tsx';
import { Section } from './Section.tsx';
import { StrangersText } from './StrangersText.tsx';

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

/** One benchmark: what it is, and its results. */
export function OneBoard({
  board: { benchmark, entries, apart },
  people,
}: {
  board: Board;
  people: Record<string, string>;
}) {
  const [filter, setFilter] = useState('');
  const [asked, setAsked] = useState('');
  const [isOneEach, setOneEach] = useState(false);
  const { shown, offered } = measureColumns([...entries, ...apart], benchmark.kind);
  const measures = [...shown, ...offered.filter(({ key }) => key === asked)];
  const silent = [...entries, ...apart].filter(({ score }) => score.sameSchema === undefined).length;
  return (
    <>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)] lg:items-start">
        <BoardFacts benchmark={benchmark} people={people} />
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
        <div className="flex flex-wrap items-end gap-x-6 gap-y-3 py-4">
          <input
            className="field sm:max-w-xs"
            type="search"
            placeholder="Filter by name, trainer, network"
            aria-label="Filter by name, trainer or network"
            value={filter}
            maxLength={80}
            onChange={(event) => setFilter(event.target.value)}
          />
          <label className="flex items-center gap-2 py-2">
            <input type="checkbox" checked={isOneEach} onChange={(event) => setOneEach(event.target.checked)} />
            The best model of each trainer only
          </label>
          {offered.length > 0 && <MeasureField offered={offered} asked={asked} onAsk={setAsked} />}
        </div>
        {measures.length > 0 && (
          <p className="max-w-[80ch] pb-3 text-[0.8125rem] text-soft" data-testid="meanings">
            {measures.map(({ name, meaning }) => `${name}: ${meaning}.`).join(' ')}
          </p>
        )}
        <Ranking
          entries={isOneEach ? bestOfEach(entries) : entries}
          filter={filter}
          people={people}
          name="Scores"
          measures={measures}
        />
      </Section>
      {apart.length > 0 && (
        <Section title="Set apart">
          <p className="py-4 text-soft">
            These models, or ancestors of theirs, were trained on rows of this benchmark or on other columns or classes.
            Their results say little about rows that they have not seen.
          </p>
          <Ranking entries={apart} filter={filter} people={people} name="Set apart" measures={measures} />
        </Section>
      )}
    </>
  );
}

/** The first result of each trainer, ranked anew. */
function bestOfEach(entries: Entry[]): Entry[] {
  const seen = new Set<string>();
  const first = entries.filter(({ model: { trainer } }) => !seen.has(trainer) && seen.add(trainer));
  return first.map((entry, k) => ({ ...entry, rank: k + 1 }));
}

/** What the benchmark is, who opened it, and how it was kept. */
function BoardFacts({ benchmark, people }: { benchmark: Benchmark; people: Record<string, string> }) {
  const { sealed } = benchmark;
  return (
    <dl className="grid-facts">
      <dt>Benchmark</dt>
      <dd>
        <StrangersText text={benchmark.uri} />
        <Hash value={benchmark.id} what="id of the benchmark" href={`/benchmark/${benchmark.id}`} />
      </dd>
      {benchmark.by && (
        <>
          <dt>{sealed ? 'Sealed by' : 'Opened by'}</dt>
          <dd>
            <Person address={benchmark.by} people={people} />
          </dd>
        </>
      )}
      <dt>Rows</dt>
      <dd className="figure">{count(benchmark.rows)}</dd>
      <dt>Measure</dt>
      <dd>{KINDS[benchmark.kind]}</dd>
      <dt>Who may enter</dt>
      <dd>{benchmark.rules.length === 0 ? 'Any model whose network fits' : capitalised(benchmark.rules.join(', '))}</dd>
      <dt>Sealed</dt>
      <dd>
        {!sealed
          ? 'No: its rows could have been trained on'
          : sealed.opened
            ? `Yes: only models registered up to block ${count(sealed.closingBlock)} count, before its rows were. Whoever made the rows or got them earlier can still have trained on them`
            : `Yes, still closed. It must be open by ${moment(sealed.openBy)}`}
        {sealed && sealed.bond !== '0' && `. Its sealer left a bond of ${ether(sealed.bond)}${bondText(sealed)}`}
      </dd>
    </dl>
  );
}

/** What became of the bond. */
function bondText({ burned, opened }: NonNullable<Benchmark['sealed']>): string {
  if (burned) return ', which was burned since it was not opened in time';
  return opened ? ', which went back' : ', which is burned if it is not opened in time';
}

/** Asks for one measure more than those that a board always has. */
function MeasureField({
  offered,
  asked,
  onAsk,
}: {
  offered: MeasureColumn[];
  asked: string;
  onAsk(key: string): void;
}) {
  return (
    <label className="flex w-full items-center gap-3 sm:w-auto">
      <span className="whitespace-nowrap text-soft">One measure more</span>
      <select className="field min-w-0" value={asked} onChange={(event) => onAsk(event.target.value)}>
        <option value="">none</option>
        {offered.map(({ key, name, bound }) => (
          <option key={key} value={key}>
            {name}, {bound}
          </option>
        ))}
      </select>
    </label>
  );
}

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

const KINDS: Record<Board['benchmark']['kind'], string> = {
  classes: 'Accuracy: share of rows with the right class',
  labels: 'Share of rows with all labels right',
  regression: 'Mean squared error',
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
