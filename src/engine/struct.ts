/** The engine's structs: @unmanaged classes of 4-byte fields, read and written by their fields' names. */

import type { Instance } from "./instance.ts";

/** A field: its name, and how its four bytes are read. */
export interface Field<Name extends string = string> {
  readonly name: Name;
  readonly type: "u32" | "f32";
}

export const u32 = <Name extends string>(...names: Name[]) => names.map((name): Field<Name> => ({ name, type: "u32" }));
export const f32 = <Name extends string>(...names: Name[]) => names.map((name): Field<Name> => ({ name, type: "f32" }));

/** How many bytes a struct of these fields takes. */
export const structBytes = (fields: readonly Field[]) => fields.length * 4;

/** A struct at an address of an instance's memory. */
export class Struct<Name extends string> {
  constructor(
    private readonly instance: Pick<Instance, "u32" | "f32">,
    readonly address: number,
    private readonly fields: readonly Field<Name>[],
  ) {}

  /** Writes all fields; what else the values hold is passed over. */
  write(values: Readonly<Record<Name, number>>): void {
    const { instance, address, fields } = this;
    const words = instance.u32(address, fields.length);
    const floats = instance.f32(address, fields.length);
    for (const [i, { name, type }] of fields.entries()) (type === "f32" ? floats : words)[i] = values[name];
  }

  set(name: Name, value: number): void {
    const i = this.indexOf(name);
    this.view(i)[0] = value;
  }

  get(name: Name): number {
    return this.view(this.indexOf(name))[0];
  }

  private view(i: number): Uint32Array | Float32Array {
    const { instance, address, fields } = this;
    return fields[i].type === "f32" ? instance.f32(address + i * 4, 1) : instance.u32(address + i * 4, 1);
  }

  private indexOf(name: Name): number {
    return this.fields.findIndex((field) => field.name === name);
  }
}
