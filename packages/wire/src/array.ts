/** A C array: values of one fixed size, one behind the other, to the end of the bytes. */
import { type Codec, DecodeError, type FixedCodec } from './codec.ts';
import { explainInto } from './explain.ts';

/** An array as a codec; `item` is what it was made from. */
export interface ArrayCodec<Value, Input> extends Codec<readonly Value[], readonly Input[]> {
  readonly item: FixedCodec<Value, Input>;
}

/** Values of one size: `array(nextHopGroupMember)`. Bytes at the end that are less than one value are passed over. */
export function array<Value, Input>(item: FixedCodec<Value, Input>): ArrayCodec<Value, Input> {
  const countIn = (start: number, end: number): number => Math.floor((end - start) / item.size);
  return {
    name: `${item.name}[]`,
    item,
    sizeOf: (values) => values.length * item.size,
    encode(values, view, offset) {
      for (const [index, value] of values.entries()) item.encode(value, view, offset + index * item.size);
    },
    decode(view, start, end) {
      return Array.from({ length: countIn(start, end) }, (_, index) => {
        const from = start + index * item.size;
        try {
          return item.decode(view, from, from + item.size);
        } catch (error) {
          throw error instanceof DecodeError ? error.within(`[${index}]`) : error;
        }
      });
    },
    explain(view, start, end, path, lines) {
      for (let index = 0; index < countIn(start, end); index += 1) {
        const from = start + index * item.size;
        explainInto(item, view, from, from + item.size, `${path}[${index}]`, lines);
      }
    },
  };
}
