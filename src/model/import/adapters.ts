import { InputError } from '../../errors/InputError.ts';
import { show } from '../json.ts';

/** How the tensors of adapters are named: PEFT's methods, and the tools that write LyCORIS and kohya's files. */
const ADAPTERS: [RegExp, string][] = [
  [
    /(^|[._])lora([._](a|b|e|up|down|mid|embedding_[ab]|magnitude_vector)([._]|$)|_vector)/i,
    'a low-rank adapter (LoRA)',
  ],
  [/(^|[._])dora_scale([._]|$)/i, 'a low-rank adapter (DoRA)'],
  [/(^|[._])hada_(w|t)\d/i, 'an adapter of Hadamard products (LoHa)'],
  [/(^|[._])lokr_(w|t)\d/i, 'an adapter of Kronecker products (LoKr)'],
  [/(^|[._])ia3_l([._]|$)/i, 'an adapter of scaling vectors (IA3)'],
  [/(^|[._])b?oft_(r|s|diag|blocks)([._]|$)/i, 'an adapter of rotations (OFT)'],
  [
    /(^|[._])(vera_(a|b|lambda_[bd])|vblora_\w+|randlora_\w+|fourierft_spectrum|waveft_\w+|hra_u|c3a_kernel|bone_block|miss_block|road_(theta|alpha)|shira_\w+)/i,
    'an adapter',
  ],
  [/(^|[._])(prompt_embeddings|adaption_prompt|lora_unet|lora_te\d?)([._]|$)/i, 'an adapter'],
  [/^base_model\.model\./, 'a model in the wrapper of PEFT'],
];

/**
 * An adapter's matrices look like the layers of a network, and are none: they are added to layers that this file lacks
 * or holds beside them.
 * @param names of the tensors of a file
 * @throws InputError naming a tensor of an adapter
 */
export function refuseAdapters(names: Iterable<string>): void {
  for (const name of names) {
    const found = ADAPTERS.find(([pattern]) => pattern.test(name.slice(0, MAX_NAME_LENGTH)));
    if (found === undefined) continue;
    throw new InputError(`The tensor ${show(name)} belongs to ${found[1]}, which is no network by itself.`, {
      hint: 'Merge it into its model first (PEFT: merge_and_unload()), then save the state dict of that model.',
    });
  }
}

/** Longer names are nobody's. */
const MAX_NAME_LENGTH = 512;
