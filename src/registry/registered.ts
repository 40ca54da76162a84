import { inferencesAbi, lineageAuditAbi, modelRegistryAbi, scoreboardAbi } from '../generated/abi.ts';
import type { ChainLog } from './chainReads.ts';
import { type DecodedLog, decodeLogs, firstDifference } from './contractEvents.ts';
import type { Edge } from './edge.ts';
import type { EdgeRun } from './edgeRun.ts';
import type { StatedEvent } from './programs/definition.ts';
import { definitionOf, type Statement } from './programs/definitions.ts';
import { PROGRAMS, TARGETS } from './programs/list.ts';
import { trainedEvents } from './programs/train.ts';
import { edgesOf } from './programs/trainMany.ts';

const ABIS = {
  registry: modelRegistryAbi,
  scoreboard: scoreboardAbi,
  inferences: inferencesAbi,
  audit: lineageAuditAbi,
};

/** Whether one of the contract's events says the same of a statement as itself. */
export function isToldBy(events: readonly DecodedLog[], statement: Statement): boolean {
  return areToldBy(events, [{ statement }]);
}

/** The same of the segments of one training edge: all of them must be told. */
export function areToldBy(events: readonly DecodedLog[], segments: readonly { statement: Statement }[]): boolean {
  const stated = statedEvents(segments.map(({ statement }) => statement));
  const isSame = (event: DecodedLog, { name, args }: StatedEvent) => {
    const same = Object.entries(event.args).filter(([argument]) => argument in args);
    return event.name === name && firstDifference(Object.fromEntries(same), args) === undefined;
  };
  // A further segment of the same edge would be an event more.
  const [{ name, args }] = stated;
  const isOfEdge = (event: DecodedLog) => event.name === name && sameText(event.args.child, args.child);
  const isWhole = name !== 'Trained' || events.filter(isOfEdge).length === stated.length;
  return isWhole && stated.every((one) => events.some((event) => isSame(event, one)));
}

/** What the contract says of a statement, or of each segment of a training edge. */
export function statedEvents(segments: readonly Statement[]): StatedEvent[] {
  const trainings = segments.filter((statement) => statement.program === 'train');
  return trainings.length === segments.length
    ? trainedEvents(trainings)
    : segments.map((statement) => definitionOf(statement).event(statement));
}

/**
 * Whether the contract that an edge names says among these logs that it registered it. A contract that takes any call says
 * nothing, and a transaction that succeeded shows no more than that.
 */
export function isRegisteredBy(logs: readonly ChainLog[], { context, statement }: Edge): boolean {
  const abi = ABIS[TARGETS[PROGRAMS[statement.program].registers]];
  return isToldBy(decodeLogs(abi, logs, context.registry), statement);
}

/** The same of a run: every edge that it makes, with all its segments. */
export function isRunRegisteredBy(logs: readonly ChainLog[], { edges, keep }: EdgeRun): boolean {
  const events = decodeLogs(modelRegistryAbi, logs, edges[0].context.registry);
  return edgesOf(edges, keep).every((segments) => areToldBy(events, segments));
}

function sameText(a: unknown, b: unknown): boolean {
  return String(a).toLowerCase() === String(b).toLowerCase();
}
