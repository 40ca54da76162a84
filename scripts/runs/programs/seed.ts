import { readFileSync } from 'node:fs';
import type { Hex } from 'viem';
import { DescentError } from '../../../src/errors/DescentError.ts';
import { InputError } from '../../../src/errors/InputError.ts';
import { modelRegistryAbi } from '../../../src/generated/abi.ts';
import { seedCapacity } from '../../../src/model/capacity.ts';
import { isNetworkWeights, shapeOf } from '../../../src/model/networkWeights.ts';
import { circuitOf } from '../../../src/registry/programs/list.ts';
import { translateErrors } from '../../chain/readRegistry.ts';
import { readWeightsFile } from '../../files/models.ts';
import { commandLine } from '../../terminal/invocation.ts';
import type { Run } from '../run.ts';
import type { Destination, RunProgram } from './runProgram.ts';

export const seed: RunProgram = {
  weight: 1.2,
  open(run, _, context) {
    const { seed: drawn, requestId } = run.data('seed') as { seed: string; requestId: string };
    const weights = readWeightsFile(run.file('seed', 'model'));
    const request = { seed: BigInt(drawn), requestId: BigInt(requestId), secret: readSecret(run) };
    seedCapacity(shapeOf(weights));
    return {
      circuit: circuitOf('seed', isNetworkWeights(weights)),
      prove: (prover, onStage) => prover.proveSeed(context, weights, request, onStage),
    };
  },
  // A request cannot be made later: it decides the weights.
  ask: (run, { where }) => requireRequest(run, where),
};

/** The secret of a seed run, 32 bytes. @throws InputError when the run has none yet */
export function readSecret(run: Run): Hex {
  return readFileSync(run.file('secret', 'secret'), 'utf8').trim() as Hex;
}

async function requireRequest(run: Run, { chain, registry, trainer }: Destination): Promise<void> {
  const inputs = run.inputs as { chainId: number; registry: string; trainer: string };
  const differs =
    inputs.chainId !== chain.id
      ? `chain ${inputs.chainId}`
      : inputs.registry.toLowerCase() !== registry.toLowerCase()
        ? `the registry ${inputs.registry}`
        : undefined;
  if (differs !== undefined) {
    throw new InputError(`The seed of the run ${run.name} was drawn for ${differs}.`, {
      hint: `Draw another: ${commandLine('seed')}.`,
    });
  }
  const { requestId } = run.data('seed') as { requestId: string };
  const call = { address: registry, abi: modelRegistryAbi, functionName: 'seedRequest' } as const;
  const request = await translateErrors(() => chain.client.readContract({ ...call, args: [BigInt(requestId)] }));
  if (request.trainer.toLowerCase() === trainer.toLowerCase()) return;
  const isNone = BigInt(request.trainer) === 0n;
  throw new DescentError(
    isNone
      ? `The registry ${registry} knows no seed request ${requestId}.`
      : `The seed request ${requestId} is of ${request.trainer}, not of ${trainer}.`,
    { code: 'UNKNOWN_REQUEST', exit: 'chain', hint: `Draw another seed: ${commandLine('seed')}.` },
  );
}
