// A change of a source's text.
import { rangeOf, type TreeNode } from '../../../scripts/build/coverage/parseSource.ts';

/** A text in place of another, in bytes of the source. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** A node's surroundings: what decides whether a change of it says anything. */
export interface Around {
  parent: TreeNode;
  bytes: Buffer;
}

/** What the source says at a node. */
export function textOf(bytes: Buffer, node: TreeNode): string {
  const { start, end } = rangeOf(node);
  return bytes.subarray(start, end).toString();
}
