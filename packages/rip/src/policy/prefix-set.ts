/**
 * A set of prefixes as an administrator names one: `10.0.0.0/8 le 24`. Both address families.
 *
 * Before: the configuration. After: `policy`, which asks of every entry whether a set holds its prefix.
 *
 * Invariant: the cost of a question grows with the length of the prefix, not with the number of ranges. A set is looked
 * up in a binary tree that is built when it is first asked, and never changes.
 */
import { addressToBytes, type Prefix, prefixAddress, prefixLength } from '@ripstop/wire';

/** Holds every prefix inside `prefix` whose length is within the bounds. */
export interface PrefixRange {
  readonly prefix: Prefix;
  /** Shortest length; not below that of `prefix`. */
  readonly shortest: number;
  /** Longest length; not below `shortest`. */
  readonly longest: number;
}

/** Without any range it holds nothing. */
export interface PrefixSet {
  readonly name: string;
  readonly ranges: readonly PrefixRange[];
}

/** One bit further than its parent; the root stands for the prefix of length 0. */
interface TreeNode {
  readonly ranges: PrefixRange[];
  zero: TreeNode | undefined;
  one: TreeNode | undefined;
}

interface PrefixTree {
  readonly ipv4: TreeNode;
  readonly ipv6: TreeNode;
}

const trees = new WeakMap<PrefixSet, PrefixTree>();

/** Whether one of the set's ranges holds a prefix. */
export function prefixSetHolds(set: PrefixSet, prefix: Prefix): boolean {
  const bytes = addressToBytes(prefixAddress(prefix));
  const length = prefixLength(prefix);
  let node: TreeNode | undefined = rootFor(treeOf(set), bytes);
  for (let depth = 0; node !== undefined && depth <= length; depth += 1) {
    if (node.ranges.some(({ shortest, longest }) => shortest <= length && length <= longest)) return true;
    node = bitAt(bytes, depth) ? node.one : node.zero;
  }
  return false;
}

function treeOf(set: PrefixSet): PrefixTree {
  let tree = trees.get(set);
  if (tree !== undefined) return tree;
  tree = { ipv4: newNode(), ipv6: newNode() };
  for (const range of set.ranges) grow(tree, range);
  trees.set(set, tree);
  return tree;
}

function grow(tree: PrefixTree, range: PrefixRange): void {
  const bytes = addressToBytes(prefixAddress(range.prefix));
  const length = prefixLength(range.prefix);
  let node = rootFor(tree, bytes);
  for (let depth = 0; depth < length; depth += 1) {
    const side = bitAt(bytes, depth) ? 'one' : 'zero';
    node[side] ??= newNode();
    node = node[side];
  }
  node.ranges.push(range);
}

function rootFor(tree: PrefixTree, bytes: Uint8Array): TreeNode {
  return bytes.byteLength === 4 ? tree.ipv4 : tree.ipv6;
}

function newNode(): TreeNode {
  return { ranges: [], zero: undefined, one: undefined };
}

/** The bit at `depth`, counted from the most significant. */
function bitAt(bytes: Uint8Array, depth: number): boolean {
  return ((bytes[depth >> 3] ?? 0) & (0x80 >> (depth & 7))) !== 0;
}
