// Makes a source tell which way its decisions go, by the call that Hardhat's coverage puts before every statement.
import { createHash } from 'node:crypto';
import { type Decision, findDecisions } from './decisions.ts';

/** One way that execution can go at a decision. */
export interface Branch {
  /** What the chain reports when it goes there: 32 bytes, hexadecimal. */
  tag: string;
  /** Place of the decision in the source as written, from 1. */
  line: number;
  column: number;
  /** The decision as written, on one line, at most 80 characters of it. */
  text: string;
  outcome: 'true' | 'false' | 'entered';
}

/** The address at which Hardhat's chain listens. Assembly cannot call the library that Solidity calls. */
const LISTENER = '0xc0bEc0BEc0BeC0bEC0beC0bEC0bEC0beC0beC0BE';

/** Hardhat's calls: the library's name and a statement's tag. */
const HIT = /\b(\w+)\.sendHit\(0x([0-9a-f]{64})\)/g;

/** The tags of the statements that Hardhat counts in an instrumented source. */
export function statementTags(instrumented: string): string[] {
  return [...instrumented.matchAll(HIT)].map(([, , tag]) => tag);
}

/**
 * Adds the counting of branches to a source. Conditions stay where they are and are evaluated as before, inside of a call.
 * @param path names the source, and makes its tags its own
 * @param original the source as written, which gives places and texts
 * @param instrumented the same with Hardhat's calls, which gives the code
 * @throws Error when a source cannot be counted
 */
export function countBranches(path: string, original: string, instrumented: string) {
  const written = findDecisions(path, original).found;
  const { found, assembly } = findDecisions(path, instrumented);
  const library = instrumented.matchAll(HIT).next().value?.[1];
  if (found.length === 0) return { source: instrumented, branches: [] as Branch[] };
  if (library === undefined || found.length !== written.length) {
    throw new Error(`${path}: Hardhat's calls are not as expected, so branches cannot be counted`);
  }

  // Offsets count bytes, so bytes are what is edited.
  const bytes = Buffer.from(instrumented).toString('latin1');
  // The call that counts would take the place of the call whose answer is asked for.
  if (assembly.some(({ start, end }) => bytes.slice(start, end).includes('returndata'))) {
    throw new Error(`${path}: branches of assembly that asks for returndata cannot be counted`);
  }
  const name = `branch_${sha256(path).slice(0, 16)}`;
  const before: Edit[] = assembly.map(({ start }) => ({ at: start + 1, text: ` ${yulFunction(`yul_${name}`)} ` }));
  const after: Edit[] = [];
  const branches = found.flatMap((decision, index) => {
    const tag = `${sha256(`${path} ${index}`).slice(0, 63)}0`;
    const call = decision.language === 'yul' ? `yul_${name}` : name;
    if (decision.form === 'condition') {
      before.push({ at: decision.start, text: `${call}(` });
      after.unshift({ at: decision.end, text: `, 0x${tag})` });
    } else {
      const entered = decision.language === 'yul' ? `pop(${call}(1, 0x${tag}))` : `${call}(true, 0x${tag});`;
      before.push(
        decision.form === 'block'
          ? { at: decision.start + 1, text: ` ${entered} ` }
          : { at: decision.start, text: ` default { ${entered} }` },
      );
    }
    return branchesOf(original, written[index], tag);
  });
  const source = Buffer.from(edit(bytes, [...before, ...after]), 'latin1').toString();
  return { source: `${source}\n${solidityFunction(name, library)}\n`, branches };
}

function solidityFunction(name: string, library: string): string {
  const body = `${library}.sendHit(tag | (outcome ? 1 : 0)); return outcome;`;
  return `function ${name}(bool outcome, uint256 tag) pure returns (bool) { ${body} }`;
}

// The word at 0 may be in use.
function yulFunction(name: string): string {
  const hit = `mstore(0, or(tag, iszero(iszero(outcome)))) pop(staticcall(gas(), ${LISTENER}, 0, 32, 0, 0))`;
  return `function ${name}(outcome, tag) -> same { same := outcome let word := mload(0) ${hit} mstore(0, word) }`;
}

function branchesOf(original: string, { form, start, end }: Decision, tag: string): Branch[] {
  const bytes = Buffer.from(original);
  const lines = bytes.subarray(0, start).toString().split('\n');
  const place = { line: lines.length, column: lines[lines.length - 1].length + 1 };
  const text = form === 'rest' ? 'default' : bytes.subarray(start, end).toString().replace(/\s+/g, ' ').slice(0, 80);
  const taken = (outcome: Branch['outcome']) => ({
    tag: outcome === 'false' ? tag : `${tag.slice(0, -1)}1`,
    ...place,
    text,
    outcome,
  });
  return form === 'condition' ? [taken('true'), taken('false')] : [taken('entered')];
}

interface Edit {
  at: number;
  text: string;
}

/** Inserts texts; those of one place in the order given. */
function edit(source: string, edits: Edit[]): string {
  let result = '';
  let done = 0;
  for (const { at, text } of edits.toSorted((a, b) => a.at - b.at)) {
    result += source.slice(done, at) + text;
    done = at;
  }
  return result + source.slice(done);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
