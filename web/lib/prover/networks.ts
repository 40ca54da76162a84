import type { AnyShape } from '../../../src/model/anyShape.ts';
import { parseShape } from '../../../src/model/anyShape.ts';
import type { Head } from '../../../src/model/head.ts';

/** Convolutional networks offered for the digits: of 7x7 pixels, as dense layers read them, and of all 28x28. */
export const DIGIT_NETWORKS: readonly string[] = ['7x7x1-c16k3p1-10', '28x28x1-c8k5s2p2-a2-10'];

/** Pixels and classes of the digits as dense layers read them. */
const DIGIT_SIDES = { inputs: 49, outputs: 10 };

/** What is trained: a convolutional network, or dense layers between inputs and outputs. @throws InputError as `parseShape` */
export function plannedShape(
  { network, hidden, head }: { network: string | undefined; hidden: number; head: Head },
  { inputs, outputs }: { inputs: number; outputs: number } = DIGIT_SIDES,
): AnyShape {
  return network === undefined ? { widths: [inputs, hidden, outputs], head } : parseShape(network, head);
}
