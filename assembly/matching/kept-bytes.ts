import { Bytes } from "../text/bytes";

/** Texts that live as long as a configuration: what conditions compare with. */
@final
export class KeptBytes {
  private kept: Bytes[] = [];

  /** `text` in UTF-8, kept until `release`. */
  keep(text: string): Bytes {
    const bytes = Bytes.constant(text);
    this.kept.push(bytes);
    return bytes;
  }

  /** Frees them all: nothing that refers to one may be used any more. */
  release(): void {
    for (let i = 0; i < this.kept.length; i++) unchecked(this.kept[i]).release();
    this.kept = [];
  }
}
