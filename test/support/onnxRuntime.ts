import * as ort from 'onnxruntime-web';

ort.env.wasm.numThreads = 1;

/** What ONNX Runtime computes of rows of `width` features: all outputs by name. */
export async function runOnnx(
  model: Uint8Array,
  features: ArrayLike<number>,
  width: number,
): Promise<Record<string, number[]>> {
  return runOnnxTensor(model, features, [features.length / width, width]);
}

/** The same of an input of any name and dimensions. */
export async function runOnnxTensor(
  model: Uint8Array,
  values: ArrayLike<number>,
  dims: readonly number[],
): Promise<Record<string, number[]>> {
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 });
  try {
    const rows = new ort.Tensor('float32', Float32Array.from(values), dims);
    const outputs = await session.run({ [session.inputNames[0]]: rows });
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { data }]) => [
        name,
        Array.from(data as Float32Array | BigInt64Array, Number),
      ]),
    );
  } finally {
    await session.release();
  }
}
