// Children that another proof system vouches for, on the fixture's registry.
import type { Address, Hex } from 'viem';
import { encodeAnyShape } from '../../../src/model/anyShape.ts';
import { shapeOf } from '../../../src/registry/programs/definition.ts';
import { proofArgument } from '../../../src/registry/programs/targets.ts';
import { NO_SCHEMA } from '../../../src/registry/schemas.ts';
import { resultId } from '../../../src/registry/statement.ts';
import { abiOf, Contract } from './chain.ts';
import { deploy } from './money.ts';
import { type Imported, importClaim, type Model, type RegistryFixture, type Shaped } from './registryFixture.ts';

export const FOREIGN_PROOF = '0xf0e1d2' as const;
export const KIND_FOREIGN = 5;

/** What is registered: the child's own proof, its parents and what the adapter takes. */
export interface ForeignChild {
  claim: Imported;
  id: Hex;
  program: bigint;
  parents: readonly Hex[];
  foreignProof: Hex;
}

export const idOf = ({ statement }: Model): Hex => resultId(statement);

/** A child whose proof says of itself that it is the source. */
export function foreignChild(
  program: bigint,
  parents: readonly Model[],
  { shaped = shapeOf(parents[0].statement), schema = NO_SCHEMA }: { shaped?: Shaped; schema?: Hex } = {},
): ForeignChild {
  const draft = importClaim(shaped, NO_SCHEMA, schema);
  const id = resultId(draft.statement);
  const claim = { ...draft, statement: { ...draft.statement, source: id } };
  return { claim, id, program, parents: parents.map(idOf), foreignProof: FOREIGN_PROOF };
}

/** A registry and one adapter that accepts what it is told to expect. */
export class ForeignFixture {
  readonly fixture: RegistryFixture;
  readonly programs: Contract;
  readonly adapter: Contract;
  readonly program: bigint;
  /** The registry, that hands on the adapter's errors. */
  readonly #registry: Contract;

  private constructor(fixture: RegistryFixture, programs: Contract, adapter: Contract, program: bigint) {
    this.fixture = fixture;
    this.programs = programs;
    this.adapter = adapter;
    this.program = program;
    const { chain, registry } = fixture;
    this.#registry = new Contract(chain, registry.address, [...registry.abi, ...adapter.abi]);
  }

  static async create(fixture: RegistryFixture): Promise<ForeignFixture> {
    const address: Address = await fixture.registry.read('foreignPrograms');
    const programs = new Contract(fixture.chain, address, await abiOf('ForeignPrograms'));
    const adapter = await deploy(fixture.chain, 'ExpectingAdapter', ['Expecting']);
    const program: bigint = await programs.simulate('add', [adapter.address]);
    await programs.send('add', [adapter.address]);
    return new ForeignFixture(fixture, programs, adapter, program);
  }

  /** Lets verifiers and adapter accept this of `trainer`. */
  async expect(child: ForeignChild, trainer = this.fixture.alice): Promise<void> {
    const { programs, fixture, adapter } = this;
    await fixture.expect(child.claim, trainer);
    const told = [fixture.registry.address, trainer, child.parents, child.id, child.foreignProof];
    await adapter.send('expect', [programs.address, ...told]);
  }

  /** Calls without sending; nothing is told to expect it. */
  call(child: ForeignChild, trainer = this.fixture.alice): Promise<Hex> {
    return this.#registry.simulate('registerForeign', foreignArguments(child), trainer);
  }

  async register(child: ForeignChild, trainer = this.fixture.alice) {
    await this.expect(child, trainer);
    return this.#registry.send('registerForeign', foreignArguments(child), trainer);
  }

  /** A child of these that is registered. */
  async child(parents: readonly Model[], ...rest: [Parameters<typeof foreignChild>[2]?]): Promise<ForeignChild> {
    const child = foreignChild(this.program, parents, ...rest);
    await this.register(child);
    return child;
  }
}

function foreignArguments({ claim, program, parents, foreignProof }: ForeignChild) {
  const { commitment, schema } = claim.statement;
  const shape = encodeAnyShape(shapeOf(claim.statement));
  return [{ shape, schema, program, parents, child: commitment, foreignProof }, proofArgument(claim.proof)] as const;
}
