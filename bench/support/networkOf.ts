/** The network of a proof as people write it: widths of a perceptron, or what is stated. */
export function networkOf({
  widths,
  network = widths.join('-'),
}: {
  widths: readonly number[];
  network?: string;
}): string {
  return network;
}
