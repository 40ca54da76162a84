/** A line of the tree: what a node shows, and which node it hangs below. */
export interface TreeNode {
  id: string;
  parent: string | undefined;
  /** Columns after the drawing, left to right. */
  columns: string[];
}

/**
 * Draws a forest with box characters, children in the given order below their parent, columns aligned. Nodes whose
 * parent is not among them are roots.
 * @returns one line per node; '' for no nodes.
 */
export function drawTree(nodes: readonly TreeNode[]): string {
  const known = new Set(nodes.map(({ id }) => id));
  const children = new Map<string | undefined, TreeNode[]>();
  for (const node of nodes) {
    const parent = node.parent !== undefined && known.has(node.parent) ? node.parent : undefined;
    children.set(parent, [...(children.get(parent) ?? []), node]);
  }
  const rows: { drawing: string; columns: string[] }[] = [];
  // A stack instead of recursion: a lineage may be thousands of nodes deep.
  const stack = (children.get(undefined) ?? []).map((node) => ({ node, prefix: '', below: '' })).reverse();
  while (stack.length > 0) {
    const { node, prefix, below } = stack.pop()!;
    rows.push({ drawing: `${prefix}${node.columns[0] ?? ''}`, columns: node.columns.slice(1) });
    const under = children.get(node.id) ?? [];
    for (let k = under.length - 1; k >= 0; k--) {
      const last = k === under.length - 1;
      stack.push({
        node: under[k],
        prefix: `${below}${last ? '└─ ' : '├─ '}`,
        below: `${below}${last ? '   ' : '│  '}`,
      });
    }
  }
  return alignColumns(rows.map(({ drawing, columns }) => [drawing, ...columns]));
}

/** Rows of cells as lines, every column as wide as its widest cell. */
export function alignColumns(rows: readonly string[][]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, k) => {
      widths[k] = Math.max(widths[k] ?? 0, cell.length);
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, k) => cell.padEnd(widths[k]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** 0x5f1c2a…9b03: enough of an id to tell it from others by eye. */
export function shortId(id: string): string {
  return id.length > 14 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
}
