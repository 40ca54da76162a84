// Programs of other proof systems that a registry knows, and what their adapters say.
import { type Address, getAddress, type Hex, parseEventLogs, zeroAddress } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { foreignProgramsAbi, modelRegistryAbi } from '../../src/generated/abi.ts';
import { FIRST_FOREIGN_PROGRAM, type ForeignStatement } from '../../src/registry/foreign.ts';
import { commandLine } from '../terminal/invocation.ts';
import { printable } from '../terminal/printable.ts';
import type { Chain } from './client.ts';
import { readLogs } from './readLogs.ts';
import { translateErrors } from './readRegistry.ts';
import { explainRevert } from './revert.ts';

/** A program of another proof system. */
export interface ForeignProgram {
  program: number;
  adapter: Address;
  /** who added it */
  author: Address;
  /** as the adapter gave it: hostile */
  name: string;
}

/** The contract in which a registry looks programs up. */
export function foreignProgramsOf({ client }: Chain, registry: Address): Promise<Address> {
  const call = { address: registry, abi: modelRegistryAbi, functionName: 'foreignPrograms' } as const;
  return translateErrors(() => client.readContract(call));
}

/** All programs, in the order of their ids. @throws DescentError (chain) */
export async function readForeignPrograms(chain: Chain, registry: Address): Promise<ForeignProgram[]> {
  const programs = await foreignProgramsOf(chain, registry);
  const logs = await translateErrors(() => readLogs(chain, programs, { registry }));
  return parseEventLogs({ abi: foreignProgramsAbi, logs, eventName: 'ForeignProgramAdded' }).map(({ args }) => ({
    program: Number(args.program),
    adapter: args.adapter,
    author: args.author,
    name: printable(args.name),
  }));
}

/** The id of an adapter's program; undefined where nobody added it. */
export async function programOfAdapter(
  { client }: Chain,
  programs: Address,
  adapter: Address,
): Promise<number | undefined> {
  const call = { address: programs, abi: foreignProgramsAbi, functionName: 'programOf', args: [adapter] } as const;
  const program = Number(await translateErrors(() => client.readContract(call)));
  return program === 0 ? undefined : program;
}

/**
 * A program by its id or its adapter.
 * @param what the id in decimal digits, or the adapter's address
 * @throws DescentError UnknownForeignProgram
 */
export async function findForeignProgram(
  chain: Chain,
  registry: Address,
  what: string,
): Promise<Pick<ForeignProgram, 'program' | 'adapter'>> {
  const programs = await foreignProgramsOf(chain, registry);
  const isAddress = /^0x[0-9a-fA-F]{40}$/.test(what);
  const program = isAddress ? await programOfAdapter(chain, programs, getAddress(what.toLowerCase())) : Number(what);
  const adapter = program === undefined ? zeroAddress : await adapterOf(chain, programs, program);
  if (program !== undefined && adapter !== zeroAddress) return { program, adapter };
  throw new DescentError(`The registry ${registry} knows no foreign program ${what}.`, {
    code: 'UnknownForeignProgram',
    exit: 'usage',
    hint: isAddress
      ? `Anybody can add an adapter: ${commandLine('foreign', 'add', what)}.`
      : `Ids begin at ${FIRST_FOREIGN_PROGRAM}; ${commandLine('foreign', 'list')} lists them.`,
  });
}

function adapterOf({ client }: Chain, programs: Address, program: number): Promise<Address> {
  const args = [BigInt(program)] as const;
  const call = { address: programs, abi: foreignProgramsAbi, functionName: 'adapterOf', args } as const;
  return translateErrors(() => client.readContract(call));
}

/**
 * Asks a program's adapter for its verdict, exactly as the registry will: nothing is sent.
 * @throws DescentError (proof) ForeignProofRejected where it refuses, whatever its reason; (chain) where nobody answers
 */
export async function askAdapter(
  chain: Chain,
  { registry, trainer }: { registry: Address; trainer: Address },
  { program, parents, foreignProof, child }: Omit<ForeignStatement, 'statement'> & { child: Hex },
): Promise<void> {
  const address = await foreignProgramsOf(chain, registry);
  const args = [BigInt(program), trainer, parents, child, foreignProof] as const;
  const call = { address, abi: foreignProgramsAbi, functionName: 'verify', args, account: registry } as const;
  try {
    await chain.client.readContract(call);
  } catch (cause) {
    const reason = explainRevert(cause);
    if (!(reason instanceof DescentError) || reason.code === 'NODE_TROUBLE') throw reason;
    const own = reason.code === 'ForeignProofRejected' ? '' : ` It says: ${reason.message}`;
    throw new DescentError(`The adapter of program ${program} does not accept the foreign proof.${own}`, {
      cause,
      details: '',
      code: 'ForeignProofRejected',
      exit: 'proof',
      hint: 'It has to be made for this chain, registry, trainer, child and these parents in this order.',
    });
  }
}
