'use client';

import {
  Background,
  BackgroundVariant,
  Controls,
  type Edge,
  MiniMap,
  type Node,
  type NodeTypes,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Graph, GraphNode } from '../../lib/chain/types.ts';
import { plural } from '../../lib/format.ts';
import { plainName } from '../../lib/names.ts';
import { KIND_NAMES } from '../KindSymbol.tsx';
import { type DrawnItem, draw } from './drawing.ts';
import { neighbourOf } from './keys.ts';
import { GroupNode, NODE_SIZE, StationNode } from './StationNode.tsx';

const NODE_TYPES: NodeTypes = { station: StationNode, group: GroupNode };

/** More than this at once can neither be read nor be drawn quickly: the newest are shown, the rest is a drag away. */
const MOST_AT_ONCE = 400;

interface Props {
  graph: Graph;
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
  const keep = useMemo(
    () => new Set([graph.focus, selected].filter((id) => id !== undefined)),
    [graph.focus, selected],
  );
  const drawing = useMemo(() => draw(graph, openGroups, keep), [graph, openGroups, keep]);
  const lineage = useMemo(() => lineageOf(graph.nodes, selected), [graph.nodes, selected]);

  const nodes = useMemo(
    (): Node[] =>
      drawing.items.map(({ id, node, members, x, y }) => ({
        id,
        type: members ? 'group' : 'station',
        position: { x: x - NODE_SIZE.width / 2, y },
        width: NODE_SIZE.width,
        height: NODE_SIZE.height,
        selected: id === selected,
        focusable: false,
        draggable: false,
        connectable: false,
        data: { node, members, people, faded: lineage !== undefined && !lineage.has(id) },
      })),
    [drawing, lineage, people, selected],
  );
  const edges = useMemo(
    (): Edge[] =>
      drawing.links.map(({ from, to }) => {
        const marked = lineage?.has(from) && lineage.has(to);
        return {
          id: `${from} ${to}`,
          source: from,
          target: to,
          focusable: false,
          selectable: false,
          ...(marked && { style: { stroke: 'var(--color-mark)', strokeWidth: 2 }, zIndex: 1 }),
          ...(lineage && !marked && { style: { opacity: 0.35 } }),
        };
      }),
    [drawing, lineage],
  );

  const show = useCallback(
    (id: string) => {
      const spot = drawing.items.find((item) => item.id === id);
      if (!spot) return;
      const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
      flow.setCenter(spot.x, spot.y + NODE_SIZE.height / 2, {
        zoom: Math.max(0.75, flow.getZoom()),
        duration: calm ? 0 : 250,
      });
    },
    [drawing, flow],
  );

  // Another part of the tree is shown from its own middle.
  const part = `${graph.focus ?? ''} ${graph.nodes.length}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the part matters
  useEffect(() => {
    if (graph.nodes.length <= MOST_AT_ONCE && !(graph.focus && graph.nodes.length > 60)) {
      flow.fitView({ padding: 0.12, maxZoom: 1 });
    } else show(graph.focus ?? newestOf(drawing.items));
  }, [part, flow]);

  const open = (id: string) => {
    const item = drawing.items.find((other) => other.id === id);
    if (item?.members) setOpenGroups(new Set([...openGroups, id]));
    else onOpen(id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && selected) return open(selected);
    if (event.key === 'Escape') return onSelect(undefined);
    const next = neighbourOf(drawing, selected, event.key);
    if (!next) return;
    event.preventDefault();
    onSelect(next);
    show(next);
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
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        onlyRenderVisibleElements
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        minZoom={graph.nodes.length <= MOST_AT_ONCE ? 0.04 : 0.2}
        maxZoom={1.6}
        fitView={graph.nodes.length <= MOST_AT_ONCE}
        fitViewOptions={{ padding: 0.12, maxZoom: 1 }}
        onNodeClick={(_, node) => {
          if (node.type === 'group') setOpenGroups(new Set([...openGroups, node.id]));
          else onSelect(node.id === selected ? undefined : node.id);
        }}
        onNodeDoubleClick={(_, node) => open(node.id)}
        onPaneClick={() => onSelect(undefined)}
      >
        <Background variant={BackgroundVariant.Lines} gap={132} color="var(--color-line)" lineWidth={0.6} />
        <Controls showInteractive={false} position="bottom-left" />
        <MiniMap
          pannable
          zoomable
          position="bottom-right"
          className="max-md:hidden!"
          ariaLabel="Small map of the tree"
          nodeColor={(node) => `var(--color-${(node.data.node as GraphNode).kind})`}
        />
      </ReactFlow>
      <p className="sr-only" aria-live="polite">
        {current && describe(current.node, current.members)}
      </p>
    </div>
  );
}

function newestOf(items: readonly DrawnItem[]): string {
  return items.reduce((a, b) => (b.node.block >= a.node.block ? b : a)).id;
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
