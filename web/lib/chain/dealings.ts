import type { Address, Hex } from 'viem';
import type { Attestation, DatasetNotes, Dispute } from './dataTypes.ts';
import type { Bounty } from './moneyTypes.ts';
import type { NodeStatus } from './types.ts';

/** What a model was paid in one token, in its smallest unit. */
export interface CreditSums {
  paid: bigint;
  claimed: bigint;
  returned: bigint;
  collected: bigint;
}

/** What happened to models and datasets after they were registered: payments, bounties, what is said of them and disputed. */
export class Dealings {
  readonly #credits = new Map<Hex, Map<Address, CreditSums>>();
  readonly #bounties = new Map<string, Bounty>();
  readonly #standings = new Map<Hex, NodeStatus>();
  readonly #disputes = new Map<Hex, readonly Dispute[]>();
  readonly #notes = new Map<Hex, Omit<DatasetNotes, 'attestations'>>();
  readonly #attestations = new Map<Hex, Map<Address, Attestation>>();

  addCredit(model: Hex, token: Address, more: Partial<CreditSums>): void {
    const tokens = this.#credits.get(model) ?? new Map<Address, CreditSums>();
    this.#credits.set(model, tokens);
    const sums = tokens.get(token) ?? { paid: 0n, claimed: 0n, returned: 0n, collected: 0n };
    for (const [name, amount] of Object.entries(more)) sums[name as keyof CreditSums] += amount;
    tokens.set(token, sums);
  }

  /** By token, in the order in which they first came. */
  creditsOf(model: Hex): ({ token: Address } & CreditSums)[] {
    return [...(this.#credits.get(model) ?? [])].map(([token, sums]) => ({ token, ...sums }));
  }

  /** Models that were paid, those paid first first. */
  get paidModels(): Hex[] {
    return [...this.#credits.keys()];
  }

  addBounty(bounty: Bounty): void {
    this.#bounties.set(bounty.id, bounty);
  }

  endBounty(id: string, end: Pick<Bounty, 'state' | 'winner'>): void {
    const known = this.#bounties.get(id);
    if (known) this.#bounties.set(id, { ...known, ...end });
  }

  /** The oldest first. */
  get bounties(): Bounty[] {
    return [...this.#bounties.values()];
  }

  /** Puts what is new into a node's status; a successor of undefined takes it away. */
  setStanding(id: Hex, more: Partial<NodeStatus>): void {
    const known = this.#standings.get(id) ?? { mark: 'current', reason: '', descends: false };
    this.#standings.set(id, { ...known, ...more });
  }

  /** Undefined where its trainer said nothing. */
  standing(id: Hex): NodeStatus | undefined {
    return this.#standings.get(id);
  }

  addDispute(subject: Hex, dispute: Dispute): void {
    this.#disputes.set(subject, [...this.disputesOf(subject), dispute]);
  }

  dropDispute(subject: Hex, id: string): void {
    this.#disputes.set(
      subject,
      this.disputesOf(subject).filter((dispute) => dispute.id !== id),
    );
  }

  /** Those that stand, the oldest first. */
  disputesOf(subject: Hex): readonly Dispute[] {
    return this.#disputes.get(subject) ?? [];
  }

  noteDataset(id: Hex, more: Partial<Omit<DatasetNotes, 'attestations'>>): void {
    this.#notes.set(id, { ...(this.#notes.get(id) ?? { revoked: false }), ...more });
  }

  /** A later one of the same source takes the place of the former. */
  addAttestation(id: Hex, attestation: Attestation): void {
    const all = this.#attestations.get(id) ?? new Map<Address, Attestation>();
    this.#attestations.set(id, all.set(attestation.source, attestation));
  }

  dropAttestation(id: Hex, source: Address): void {
    this.#attestations.get(id)?.delete(source);
  }

  /** What a source says of which datasets, and did not take back. */
  attestedBy(source: Address): { dataset: Hex; attestation: Attestation }[] {
    return [...this.#attestations].flatMap(([dataset, all]) => {
      const attestation = all.get(source);
      return attestation ? [{ dataset, attestation }] : [];
    });
  }

  notesOf(id: Hex): DatasetNotes {
    const attestations = [...(this.#attestations.get(id)?.values() ?? [])];
    return { ...(this.#notes.get(id) ?? { revoked: false }), attestations };
  }
}
