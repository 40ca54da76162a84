import { type AnyShape, formatShape, isNetworkShape } from '../../src/model/anyShape.ts';
import { drawnShape, parametersOf } from '../lib/drawnShape.ts';
import { NetworkFigure } from './NetworkFigure.tsx';
import { Widths } from './Widths.tsx';

/** The drawing of a network of either kind. */
export function ShapeFigure({ shape }: { shape: AnyShape }) {
  const drawn = drawnShape(shape);
  const parameters = parametersOf(drawn);
  return isNetworkShape(shape) ? (
    <NetworkFigure network={shape} text={formatShape(shape)} parameters={parameters} />
  ) : (
    <Widths widths={drawn.widths} parameters={parameters} />
  );
}
