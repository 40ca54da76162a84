import type { Head } from '../../../src/model/head.ts';
import type { Circuit } from '../../../src/registry/programs/list.ts';
import { ShapeFigure } from '../../components/ShapeFigure.tsx';
import type { ProvingBytes } from '../../lib/files.ts';
import { DIGIT_NETWORKS, plannedShape } from '../../lib/prover/networks.ts';
import { Select } from './Select.tsx';

/** What the choice of dense layers is called in the field. */
const DENSE = 'dense';

interface Props {
  keys: ProvingBytes;
  /** a convolutional network; undefined: dense layers */
  network: string | undefined;
  hidden: number;
  head: Head;
  disabled: boolean;
  onChange(network: string | undefined): void;
}

/** Which network reads the digits, with its drawing. */
export function NetworkFields({ keys, network, hidden, head, disabled, onChange }: Props) {
  const offered = circuitsOf(DIGIT_NETWORKS[0]).every((circuit) => keys[circuit] !== undefined) ? DIGIT_NETWORKS : [];
  return (
    <div className="grid gap-3">
      <Select
        name="Network"
        value={network ?? DENSE}
        disabled={disabled}
        onChange={(value) => onChange(value === DENSE ? undefined : value)}
      >
        <option value={DENSE}>Dense layers, 7 by 7 pixels</option>
        {offered.map((text) => (
          <option key={text} value={text}>
            Convolutions, {text.split('x')[0]} by {text.split('x')[0]} pixels
          </option>
        ))}
      </Select>
      <ShapeFigure shape={plannedShape({ network, hidden, head })} />
    </div>
  );
}

/** What the steps will fetch and how long they may take. */
export function Costs({ keys, network }: Pick<Props, 'keys' | 'network'>) {
  const sizes = circuitsOf(network).map((circuit) => Math.round((keys[circuit] ?? 0) / 2 ** 20));
  return (
    <p className="text-[0.8125rem] text-soft">
      The steps fetch their proving keys, {sizes[0]}, {sizes[1]} and {sizes[2]} MB. With the digits each computes on two
      cores for {network === undefined ? '1 to 20 seconds, in 0.5 to 1.7' : '1 to 45 seconds, in 0.5 to 3.4'} GB of
      memory: more rows and passes take more. Closing the tab ends everything.
    </p>
  );
}

/** The circuits of the three steps. */
function circuitsOf(network: string | undefined): readonly Circuit[] {
  return network === undefined ? ['data', 'seed', 'train'] : ['data', 'convSeed', 'convTrain'];
}
