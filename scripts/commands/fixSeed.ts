import type { Command } from 'commander';
import { encodeFunctionData } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { requireChainId } from '../chain/client.ts';
import { GAS_AT_MOST, requireFunds } from '../chain/funds.ts';
import { loadAccount } from '../chain/keys.ts';
import { translateErrors } from '../chain/readRegistry.ts';
import { explainRevert } from '../chain/revert.ts';
import { sendOnce } from '../chain/transaction.ts';
import {
  type ChainOptions,
  type CommonOptions,
  natural,
  openRegistry,
  outputOf,
  withChain,
  withCommon,
  withKey,
} from './options.ts';

const HELP = `
A seed is decided by the hash of a block, and a chain forgets the hashes of blocks: after 256 blocks, on many chains after
8191. Once the hash is stored, the request can be used at any time. Anybody may pay for it.`;

export function addFixSeedCommand(program: Command): void {
  withCommon(withKey(withChain(program.command('fix-seed'))))
    .description("store the hash of the block that decides a request's seed, before the chain forgets it")
    .argument('<request>', 'number of the request', natural)
    .addHelpText('after', HELP)
    .action(async (request: number, options: CommonOptions & ChainOptions) => {
      const output = outputOf(options);
      const { chain, registry } = await openRegistry(options);
      const account = loadAccount(options, chain.id);
      await requireChainId(chain);
      const requestId = BigInt(request);
      const known = await translateErrors(() =>
        chain.client.readContract({
          address: registry,
          abi: modelRegistryAbi,
          functionName: 'seedRequest',
          args: [requestId],
        }),
      );
      if (BigInt(known.trainer) === 0n) {
        throw new InputError(`The registry ${registry} knows no seed request ${request}.`);
      }
      if (BigInt(known.blockHash) !== 0n) {
        return output.result(
          { request, sent: false },
          `The hash of the block of request ${request} is stored already.`,
        );
      }
      await requireFunds(chain, account.address, GAS_AT_MOST.fixSeed);
      output.progress.stage('store the hash of the block');
      const data = encodeFunctionData({ abi: modelRegistryAbi, functionName: 'fixSeed', args: [requestId] });
      // Sent twice it does no harm, so nothing is kept of it.
      const journal = { read: () => undefined, write: () => {} };
      try {
        const receipt = await sendOnce(chain, account, { to: registry, data }, journal);
        output.progress.done();
        const document = { request, sent: true, transaction: receipt.transactionHash, gas: Number(receipt.gasUsed) };
        output.result(document, `The hash of the block of request ${request} is stored: ${receipt.transactionHash}`);
      } catch (error) {
        throw explainRevert(error);
      }
    });
}
