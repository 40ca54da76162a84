// The compiler's syntax tree of a Solidity source.
import solc from 'solc';

/** A part of a source, in bytes of UTF-8; the end is not part of it. */
export interface Range {
  start: number;
  end: number;
}

/** A node of the syntax tree; `src` is `start:length:file`, in bytes. */
export interface TreeNode {
  nodeType: string;
  src: string;
  [field: string]: unknown;
}

/** @throws Error when the source does not parse */
export function parseSource(path: string, source: string): TreeNode {
  const input = {
    language: 'Solidity',
    sources: { [path]: { content: source } },
    settings: { stopAfter: 'parsing', outputSelection: { '*': { '': ['ast'] } } },
  };
  // What a file imports does not change its own tree.
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: () => ({ contents: '' }) }));
  const failure = output.errors?.find(({ severity }: { severity: string }) => severity === 'error');
  if (failure) throw new Error(`${path} does not parse: ${failure.message}`);
  return output.sources[path].ast;
}

/** The nodes right below a node. */
export function childrenOf(node: TreeNode): TreeNode[] {
  return Object.values(node).flat().filter(isNode);
}

export function rangeOf({ src }: TreeNode): Range {
  const [start, length] = src.split(':').map(Number);
  return { start, end: start + length };
}

export function isNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && 'nodeType' in value && 'src' in value;
}
