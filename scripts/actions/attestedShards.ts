import type { Address, Hex } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { dataAttestationsAbi } from '../../src/generated/abi.ts';
import type { Chain } from '../chain/client.ts';
import type { SourceStatement } from '../chain/readDatasets.ts';
import { translateErrors } from '../chain/readRegistry.ts';
import { shardFileIds } from '../runs/ids.ts';
import { sourceInWords, wordsOnShards } from './describeSources.ts';

/** A shard's file with what one of the named sources says now of a dataset that holds the shard. The texts are hostile. */
export interface AttestedShard extends SourceStatement {
  file: string;
  shard: Hex;
}

/**
 * The shards of files, each with the word of a named source that it is its own. The ids are computed from the rows in the files.
 * @param files with their SHA-256
 * @param sources any of them is enough
 * @returns for each file and each named source that attests it, what that said last
 * @throws DescentError NOT_ATTESTED, naming every file that none of the sources attests; (chain)
 */
export async function attestedShards(
  chain: Chain,
  attestations: Address,
  files: readonly { file: string; fileSha256: string }[],
  sources: readonly Address[],
): Promise<AttestedShard[]> {
  const ids = await shardFileIds(files.map(({ file, fileSha256 }) => ({ shard: file, shardSha256: fileSha256 })));
  const standing = await translateErrors(() =>
    Promise.all(
      ids.map(async (shard) => {
        const by = { address: attestations, abi: dataAttestationsAbi, functionName: 'isAttestedBy' } as const;
        const asked = sources.map((source) => chain.client.readContract({ ...by, args: [shard, source] }));
        const answers = await Promise.all(asked);
        return sources.filter((_, k) => answers[k]);
      }),
    ),
  );
  const missing = files.map(({ file }, k) => `${file} (shard ${ids[k]})`).filter((_, k) => standing[k].length === 0);
  if (missing.length > 0) {
    throw new DescentError(`Not attested by ${sources.join(' or ')}:`, {
      code: 'NOT_ATTESTED',
      exit: 'open',
      details: missing.join(', '),
      hint: 'The source attests a registered dataset that holds the shard: descent dataset register, descent attest data.',
    });
  }
  const words = await wordsOnShards(chain, attestations, ids);
  return files.flatMap(({ file }, k) =>
    standing[k].flatMap((source) => {
      const word = words[k].findLast((own) => own.source === source);
      return word === undefined ? [] : [{ file, shard: ids[k], ...word }];
    }),
  );
}

/** One line for each. */
export function describeAttested(shards: readonly AttestedShard[]): string[] {
  return shards.map(({ file, dataset, ...word }) => `attested ${file}: ${sourceInWords(word)}, dataset ${dataset}`);
}
