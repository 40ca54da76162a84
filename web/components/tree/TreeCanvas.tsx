'use client';

import {
  Background,
  BackgroundVariant,
  Controls,
  getViewportForBounds,
  type Node,
  type NodeTypes,
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  type Viewport,
  ViewportPortal,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { type KeyboardEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Graph, GraphNode, GraphPart } from '../../lib/chain/types.ts';
import { plural } from '../../lib/format.ts';
import { plainName } from '../../lib/names.ts';
import { KIND_NAMES } from '../KindSymbol.tsx';
import { boundsOf, type Drawing, draw, itemAt, NODE_SIZE } from './drawing.ts';
import { neighbourOf } from './keys.ts';
import { Lines } from './Lines.tsx';
import { Marks } from './Marks.tsx';
import { SmallMap } from './SmallMap.tsx';
import { GroupNode, StationNode } from './StationNode.tsx';

const NODE_TYPES: NodeTypes = { station: StationNode, several: GroupNode };

const NONE: Node[] = [];

/** More than this at once can neither be read nor be drawn quickly: the newest are shown, the rest is a drag away. */
const MOST_AT_ONCE = 400;
/** Of a family that stands around one model more than this is not shown whole, because the one would be lost in it. */
const MOST_AROUND_ONE = 60;
const CLOSEST = 1.6;
/** Below this nothing can be read: models are plain marks. */
const FAR = 0.4;

interface Props {
  graph: GraphPart;
  people: Record<string, string>;
  selected: string | undefined;
  onSelect(id: string | undefined): void;
  onOpen(id: string): void;
}

/** The tree as a picture to move in. */
export function TreeCanvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ graph, people, selected, onSelect, onOpen }: Props) {
  const [openGroups, setOpenGroups] = useState<ReadonlySet<string>>(new Set());
  const flow = useReactFlow();
  const frame = useRef<HTMLDivElement>(null);
  const keep = useMemo(() => new Set(graph.focus && [graph.focus]), [graph.focus]);
  const drawing = useMemo(() => draw(graph, openGroups, keep), [graph, openGroups, keep]);
  // Undefined until the first view is taken.
  const far = useStore(({ panZoom, transform }) => (panZoom ? transform[2] < FAR : undefined));
  const lineage = useMemo(() => lineageOf(graph.nodes, selected), [graph.nodes, selected]);

  const nodes = useFlowNodes(drawing, people, lineage, selected);

  // Each part of the tree is drawn when its view is known: seen from the view before, it might be thousands of models.
  const [seen, setSeen] = useState<{ part: string; from: Viewport }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: models that join a part do not move the view
  useLayoutEffect(() => {
    const from = viewOf(graph, drawing, frame.current!);
    setSeen({ part: graph.part, from });
    flow.setViewport(from);
  }, [graph.part, flow]);

  const unfoldOr = (act: (id: string) => void) => (id: string) => {
    const item = drawing.items.find((other) => other.id === id);
    if (item?.members) setOpenGroups(new Set([...openGroups, id]));
    else act(id);
  };
  const open = unfoldOr(onOpen);
  const choose = unfoldOr((id) => onSelect(id === selected ? undefined : id));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && selected) return open(selected);
    if (event.key === 'Escape') return onSelect(undefined);
    const next = neighbourOf(drawing, selected, event.key);
    if (!next) return;
    event.preventDefault();
    onSelect(next);
    moveTo(flow, drawing, next);
  };
  const current = drawing.items.find((item) => item.id === selected);
  return (
    <div
      ref={frame}
      role="application"
      aria-label="Tree of models. Arrow keys move along edges and layers, Enter opens. The table holds the same."
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes arrow keys, which is what the role says
      tabIndex={0}
      onKeyDown={onKeyDown}
      className="absolute inset-0 focus-visible:outline-offset-[-3px]"
      data-testid="tree"
      data-chosen={lineage !== undefined}
    >
      {seen && (
        <ReactFlow
          nodes={seen.part === graph.part && far === false ? nodes : NONE}
          nodeTypes={NODE_TYPES}
          onlyRenderVisibleElements
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          minZoom={farthest(graph)}
          maxZoom={CLOSEST}
          defaultViewport={seen.from}
          onNodeClick={(_, node) => choose(node.id)}
          onNodeDoubleClick={(_, node) => open(node.id)}
          onPaneClick={({ clientX, clientY }) => {
            const mark = far && itemAt(drawing, flow.screenToFlowPosition({ x: clientX, y: clientY }));
            if (mark) choose(mark.id);
            else onSelect(undefined);
          }}
        >
          <Background variant={BackgroundVariant.Lines} gap={132} color="var(--color-line)" lineWidth={0.6} />
          <Controls showInteractive={false} position="bottom-left" />
          <ViewportPortal>
            <Lines drawing={drawing} lineage={lineage} width={far ? 6 : 1} />
            {far && <Marks drawing={drawing} lineage={lineage} selected={selected} />}
          </ViewportPortal>
          <SmallMap drawing={drawing} />
        </ReactFlow>
      )}
      <p className="sr-only" aria-live="polite">
        {current && describe(current.node, current.members)}
      </p>
    </div>
  );
}

/** The drawing's items as React Flow takes them. */
function useFlowNodes(
  drawing: Drawing,
  people: Record<string, string>,
  lineage: ReadonlySet<string> | undefined,
  selected: string | undefined,
): Node[] {
  const plain = useMemo(
    (): Node[] =>
      drawing.items.map(({ id, node, members, x, y }) => ({
        id,
        type: members ? 'several' : 'station',
        position: { x: x - NODE_SIZE.width / 2, y },
        ...NODE_SIZE,
        // Lines need none, and without a list React Flow would render every node once to find some.
        handles: [],
        focusable: false,
        draggable: false,
        connectable: false,
        data: { node, members, people },
      })),
    [drawing, people],
  );
  // The others stay the same objects, so that choosing one does not render them again.
  return useMemo(
    () =>
      plain.map((node) =>
        lineage?.has(node.id) || node.id === selected
          ? { ...node, selected: node.id === selected, className: 'of-lineage' }
          : node,
      ),
    [plain, lineage, selected],
  );
}

/** Brings a model to the middle, not farther away than it can be read from. */
function moveTo(flow: ReactFlowInstance, { items }: Drawing, id: string): void {
  const spot = items.find((item) => item.id === id);
  if (!spot) return;
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  flow.setCenter(spot.x, spot.y + NODE_SIZE.height / 2, {
    zoom: Math.max(0.75, flow.getZoom()),
    duration: calm ? 0 : 250,
  });
}

function farthest({ nodes }: Graph): number {
  return nodes.length <= MOST_AT_ONCE ? 0.04 : 0.2;
}

/** All of a small graph; of others the middle is the focus, or the newest node. */
function viewOf(graph: Graph, drawing: Drawing, { clientWidth, clientHeight }: HTMLElement): Viewport {
  if (graph.nodes.length <= (graph.focus ? MOST_AROUND_ONE : MOST_AT_ONCE)) {
    return getViewportForBounds(boundsOf(drawing), clientWidth, clientHeight, farthest(graph), 1, 0.12);
  }
  const newest = () => drawing.items.reduce((a, b) => (b.node.block >= a.node.block ? b : a));
  const { x, y } = drawing.items.find(({ id }) => id === graph.focus) ?? newest();
  const zoom = 0.75;
  return { x: clientWidth / 2 - x * zoom, y: clientHeight / 2 - (y + NODE_SIZE.height / 2) * zoom, zoom };
}

/** The node with all its ancestors and descendants among those shown. */
function lineageOf(nodes: readonly GraphNode[], selected: string | undefined): Set<string> | undefined {
  if (!selected) return undefined;
  const byId = new Map<string, GraphNode>(nodes.map((node) => [node.id, node]));
  if (!byId.has(selected)) return undefined;
  const down = new Map<string, string[]>();
  for (const node of nodes) for (const parent of node.parents) down.set(parent, [...(down.get(parent) ?? []), node.id]);
  const lineage = new Set<string>();
  const walk = (next: (id: string) => readonly string[]) => {
    const stack = [selected];
    while (stack.length > 0) {
      const id = stack.pop()!;
      for (const other of next(id)) {
        if (lineage.has(other)) continue;
        lineage.add(other);
        stack.push(other);
      }
    }
  };
  walk((id) => byId.get(id)?.parents ?? []);
  walk((id) => down.get(id) ?? []);
  lineage.add(selected);
  return lineage;
}

function describe(node: GraphNode, members: GraphNode[] | undefined): string {
  if (members) return `${plural(members.length, 'model')} alike, ${KIND_NAMES[node.kind]}. Enter unfolds them.`;
  return `${plainName(node)}, ${KIND_NAMES[node.kind]}, depth ${node.depth}. Enter opens it.`;
}
