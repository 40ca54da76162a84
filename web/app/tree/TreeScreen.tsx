'use client';

import { useRouter } from 'next/navigation';
import { lazy, Suspense, useMemo, useState } from 'react';
import { BenchmarkField } from '../../components/BenchmarkSelect.tsx';
import { KIND_NAMES, KindSymbol } from '../../components/KindSymbol.tsx';
import { SearchBox } from '../../components/SearchBox.tsx';
import { TreeCanvas } from '../../components/tree/TreeCanvas.tsx';
import { useChainConfig } from '../../lib/chain/provider.tsx';
import type { Direction } from '../../lib/chain/store.ts';
import type { BenchmarkChoice, Graph, Kind } from '../../lib/chain/types.ts';
import { type GraphPart, useGraph, useSearch } from '../../lib/chain/useGraph.ts';
import { count, isHash } from '../../lib/format.ts';
import { DEFAULT_LIMIT, MOST_NODES } from '../../lib/graphQuestion.ts';
import { benchmarkName } from '../../lib/names.ts';

// Only some visitors look at these: they are fetched when they are wanted.
const SelectedModel = lazy(async () => ({
  default: (await import('../../components/tree/SelectedModel.tsx')).SelectedModel,
}));
const TreeTable = lazy(async () => ({ default: (await import('../../components/tree/TreeTable.tsx')).TreeTable }));

const HOPS = [1, 2, 3, 5, 10, 25, 100];
const ALL = 100_000;

interface Props {
  initial: Graph;
  /** the benchmark of the initial graph, and the others */
  choice: BenchmarkChoice;
  focus?: `0x${string}`;
  hops: number;
  view: 'picture' | 'table';
}

/** Part of the tree, what part it is, and two ways to look at it. */
export function TreeScreen(props: Props) {
  const [focus, setFocus] = useState(props.focus);
  const [selected, setSelected] = useState<string | undefined>(props.focus);
  const [hops, setHops] = useState(props.hops);
  const [direction, setDirection] = useState<Direction>('both');
  const [everything, setEverything] = useState(false);
  const [view, setView] = useState(props.view);
  const [text, setText] = useState('');
  const [benchmark, setBenchmark] = useState(props.choice.benchmark?.id);
  const router = useRouter();
  const { people } = useChainConfig();
  const { data: hits } = useSearch(text);
  const isInitial =
    focus === props.focus &&
    hops === props.hops &&
    direction === 'both' &&
    !everything &&
    benchmark === props.initial.benchmark;
  const limit = everything ? MOST_NODES : DEFAULT_LIMIT;
  const question = { ...(focus && { focus }), hops, direction, limit, ...(benchmark && { benchmark }) };
  const { data, isPlaceholderData } = useGraph(question, props.initial, isInitial);
  const read = data ?? { ...props.initial, part: '' };
  // Scores of the benchmark before are not shown under the name of the next one.
  const graph = useMemo(() => (read.benchmark === benchmark ? read : withoutScores(read)), [read, benchmark]);
  const node = graph.nodes.find(({ id }) => id === selected);

  const chosen = props.choice.benchmarks.find(({ id }) => id === benchmark);

  const linkTo = (id: string | undefined, scores: string | undefined) =>
    window.history.replaceState(
      null,
      '',
      `${id ? `/model/${id}/tree` : '/tree'}${scores ? `?benchmark=${scores}` : ''}`,
    );
  const goTo = (id: `0x${string}` | undefined) => {
    setFocus(id);
    setSelected(id);
    linkTo(id, benchmark);
  };
  const choose = (id: string) => {
    setBenchmark(isHash(id) ? id : undefined);
    linkTo(focus, id);
  };
  return (
    <div className="flex flex-col">
      <div className="mx-auto flex w-full max-w-7xl flex-wrap items-end gap-x-4 gap-y-3 px-4 pt-6 pb-4 sm:px-6">
        <h1 className="title mr-auto text-3xl">Tree</h1>
        <SearchBox
          text={text}
          hits={hits ?? []}
          onText={setText}
          onChoose={(id) => {
            setText('');
            goTo(id);
          }}
        />
        <label className="grid gap-1 text-[0.8125rem] text-soft">
          Steps away
          <select
            className="field w-28"
            value={hops}
            disabled={!focus}
            onChange={(event) => setHops(Number(event.target.value))}
          >
            {HOPS.map((value) => (
              <option key={value} value={value}>
                {value}
              </option>
            ))}
            <option value={ALL}>All</option>
          </select>
        </label>
        <label className="grid gap-1 text-[0.8125rem] text-soft">
          Show
          <select
            className="field w-36"
            value={direction}
            disabled={!focus}
            onChange={(event) => setDirection(event.target.value as Direction)}
          >
            <option value="both">Whole family</option>
            <option value="ancestors">Ancestors</option>
            <option value="descendants">Descendants</option>
          </select>
        </label>
        {props.choice.total > 0 && (
          <div className="w-full sm:w-64">
            <BenchmarkField choice={{ ...props.choice, benchmark: chosen }} onChoose={choose} />
          </div>
        )}
        <fieldset className="flex rounded-[3px] border border-rule bg-sheet p-0.5">
          <legend className="sr-only">Picture or table</legend>
          {(['picture', 'table'] as const).map((value) => (
            <label
              key={value}
              className="cursor-pointer rounded-[2px] px-3 py-1.5 capitalize has-checked:bg-ink has-checked:text-paper has-focus-visible:outline-2 has-focus-visible:outline-mark"
            >
              <input
                type="radio"
                name="view"
                value={value}
                checked={view === value}
                onChange={() => setView(value)}
                className="sr-only"
              />
              {value}
            </label>
          ))}
        </fieldset>
      </div>
      <div
        className="relative h-[max(26rem,calc(100dvh-17rem))] border-y border-line bg-sunk/40"
        aria-busy={isPlaceholderData}
      >
        {view === 'table' ? (
          <Suspense>
            <TreeTable graph={graph} people={people} />
          </Suspense>
        ) : (
          <TreeCanvas
            graph={graph}
            people={people}
            selected={selected}
            onSelect={setSelected}
            onOpen={(id) => router.push(`/model/${id}`)}
          />
        )}
        {view === 'picture' && node && (
          <Suspense>
            <SelectedModel
              node={node}
              people={people}
              isFocus={node.id === focus}
              onFocus={() => goTo(node.id)}
              onClose={() => setSelected(undefined)}
            />
          </Suspense>
        )}
      </div>
      <div className="mx-auto flex w-full max-w-7xl flex-wrap items-center gap-x-6 gap-y-2 px-4 py-4 text-[0.8125rem] text-soft sm:px-6">
        <p data-testid="shown">
          {count(graph.nodes.length)} of {count(graph.total)} models
          {focus ? ' around one' : graph.truncated ? ', the newest' : ''}
        </p>
        {chosen && (
          <p data-testid="scores-of">
            Scores of <bdi>{benchmarkName(chosen)}</bdi>. † trained on these rows, or on other columns or classes
          </p>
        )}
        {graph.truncated && !everything && (
          <button type="button" className="link" onClick={() => setEverything(true)}>
            Show up to {count(MOST_NODES)}
          </button>
        )}
        {focus && (
          <button type="button" className="link" onClick={() => goTo(undefined)}>
            Leave this model
          </button>
        )}
        <ul className="flex flex-wrap gap-x-5 gap-y-1 sm:ml-auto">
          {(Object.keys(KIND_NAMES) as Kind[]).map((kind) => (
            <li key={kind} className="flex items-center gap-1.5">
              <KindSymbol kind={kind} /> {KIND_NAMES[kind]}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function withoutScores(graph: GraphPart): GraphPart {
  return { ...graph, nodes: graph.nodes.map(({ score: _score, ...node }) => node) };
}
