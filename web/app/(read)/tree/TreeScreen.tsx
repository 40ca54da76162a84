'use client';

import { useRouter } from 'next/navigation';
import { lazy, Suspense, useMemo, useState } from 'react';
import { BenchmarkField } from '../../../components/BenchmarkSelect.tsx';
import { KIND_NAMES, KindSymbol } from '../../../components/KindSymbol.tsx';
import { SearchBox } from '../../../components/SearchBox.tsx';
import { TreeCanvas } from '../../../components/tree/TreeCanvas.tsx';
import { useChainConfig } from '../../../lib/chain/provider.tsx';
import type { BenchmarkChoice, Direction, Graph, GraphPart, Kind } from '../../../lib/chain/types.ts';
import { useGraph, useSearch } from '../../../lib/chain/useGraph.ts';
import { count, isHash } from '../../../lib/format.ts';
import { DEFAULT_LIMIT, MOST_NODES } from '../../../lib/graphQuestion.ts';
import { benchmarkName } from '../../../lib/names.ts';

// Only some visitors look at these: they are fetched when they are wanted.
const SelectedModel = lazy(async () => ({
  default: (await import('../../../components/tree/SelectedModel.tsx')).SelectedModel,
}));
const TreeTable = lazy(async () => ({ default: (await import('../../../components/tree/TreeTable.tsx')).TreeTable }));

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
  const part = useTreePart(props);
  const { graph, focus, chosen, goTo } = part;
  const [selected, setSelected] = useState<string | undefined>(focus);
  const [view, setView] = useState(props.view);
  const router = useRouter();
  const { people } = useChainConfig();
  const node = graph.nodes.find(({ id }) => id === selected);
  const lookAt = (id: `0x${string}` | undefined) => {
    goTo(id);
    setSelected(id);
  };
  return (
    <div className="flex flex-col">
      <div className="mx-auto flex w-full max-w-7xl flex-wrap items-end gap-x-4 gap-y-3 px-4 pt-6 pb-4 sm:px-6">
        <h1 className="title mr-auto text-3xl">Tree</h1>
        <Search onChoose={lookAt} />
        <NearField part={part} />
        {props.choice.total > 0 && (
          <div className="w-full sm:w-64">
            <BenchmarkField choice={{ ...props.choice, benchmark: chosen }} onChoose={part.choose} />
          </div>
        )}
        <ViewField view={view} onView={setView} />
      </div>
      <div
        className="relative h-[max(26rem,calc(100dvh-17rem))] border-y border-line bg-sunk/40"
        aria-busy={part.isOld}
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
              onFocus={() => lookAt(node.id)}
              onClose={() => setSelected(undefined)}
            />
          </Suspense>
        )}
      </div>
      <Foot part={part} onLeave={() => lookAt(undefined)} />
    </div>
  );
}

/** Which part of the tree is looked at, and what is read of it. */
function useTreePart(props: Props) {
  const [focus, setFocus] = useState(props.focus);
  const [hops, setHops] = useState(props.hops);
  const [direction, setDirection] = useState<Direction>('both');
  const [everything, setEverything] = useState(false);
  const [benchmark, setBenchmark] = useState(props.choice.benchmark?.id);
  const isInitial =
    focus === props.focus &&
    hops === props.hops &&
    direction === 'both' &&
    !everything &&
    benchmark === props.initial.benchmark;
  const limit = everything ? MOST_NODES : DEFAULT_LIMIT;
  const question = { ...(focus && { focus }), hops, direction, limit, ...(benchmark && { benchmark }) };
  const { data, isPlaceholderData: isOld } = useGraph(question, props.initial, isInitial);
  const read = data ?? { ...props.initial, part: '' };
  // Scores of the benchmark before are not shown under the name of the next one.
  const graph = useMemo(() => (read.benchmark === benchmark ? read : withoutScores(read)), [read, benchmark]);
  const chosen = props.choice.benchmarks.find(({ id }) => id === benchmark);
  const goTo = (id: `0x${string}` | undefined) => {
    setFocus(id);
    linkTo(id, benchmark);
  };
  const choose = (id: string) => {
    setBenchmark(isHash(id) ? id : undefined);
    linkTo(focus, id);
  };
  return {
    graph,
    isOld,
    focus,
    hops,
    direction,
    everything,
    chosen,
    goTo,
    choose,
    setHops,
    setDirection,
    setEverything,
  };
}

type TreePart = ReturnType<typeof useTreePart>;

/** The address of what is shown, so that it can be sent to others. */
function linkTo(id: string | undefined, scores: string | undefined): void {
  const path = id ? `/model/${id}/tree` : '/tree';
  window.history.replaceState(null, '', `${path}${scores ? `?benchmark=${scores}` : ''}`);
}

function Search({ onChoose }: { onChoose(id: `0x${string}`): void }) {
  const [text, setText] = useState('');
  const { data: hits } = useSearch(text);
  return (
    <SearchBox
      text={text}
      hits={hits?.models.newest ?? []}
      onText={setText}
      onChoose={(id) => {
        setText('');
        onChoose(id);
      }}
    />
  );
}

/** How much is shown of what stands around one model. */
function NearField({ part: { focus, hops, direction, setHops, setDirection } }: { part: TreePart }) {
  const disabled = focus === undefined;
  return (
    <>
      <label className="grid gap-1 text-[0.8125rem] text-soft">
        Steps away
        <select
          className="field w-28"
          value={hops}
          disabled={disabled}
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
          disabled={disabled}
          onChange={(event) => setDirection(event.target.value as Direction)}
        >
          <option value="both">Whole family</option>
          <option value="ancestors">Ancestors</option>
          <option value="descendants">Descendants</option>
        </select>
      </label>
    </>
  );
}

function ViewField({ view, onView }: { view: Props['view']; onView(view: Props['view']): void }) {
  return (
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
            onChange={() => onView(value)}
            className="sr-only"
          />
          {value}
        </label>
      ))}
    </fieldset>
  );
}

/** How much of the tree this is, and what its marks mean. */
function Foot({ part, onLeave }: { part: TreePart; onLeave(): void }) {
  const { graph, focus, chosen, everything, setEverything } = part;
  return (
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
        <button type="button" className="link" onClick={onLeave}>
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
  );
}

function withoutScores(graph: GraphPart): GraphPart {
  return { ...graph, nodes: graph.nodes.map(({ score: _score, ...node }) => node) };
}
