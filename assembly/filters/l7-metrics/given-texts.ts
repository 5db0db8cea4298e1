import { orEmpty } from "../../text/bytes";
import { StreamNotes, decisionWord } from "../stream-notes";
import { EndText } from "./end-text";
import { StreamEnd } from "./stream-end";

/** What stages of the same stream context say by its notes, so that the proxy need not be asked for their filter state. */
@final
export class GivenTexts {
  constructor(
    /** Whether header-router, authz and jwt-auth are stages of the same context. */
    private readonly routes: bool,
    private readonly decides: bool,
    private readonly authenticates: bool,
  ) {}

  /** Nobody else is there. */
  static none(): GivenTexts {
    return new GivenTexts(false, false, false);
  }

  /** Says which texts will be given. */
  announce(end: StreamEnd): void {
    if (this.routes) {
      end.announce(EndText.Route);
      end.announce(EndText.Lane);
    }
    if (this.decides) end.announce(EndText.AuthzDecision);
    if (this.authenticates) {
      end.announce(EndText.JwtReason);
      end.announce(EndText.JwtShadow);
    }
  }

  /** Says them of the stream at hand. */
  give(end: StreamEnd, notes: StreamNotes): void {
    if (this.routes) {
      end.setText(EndText.Route, orEmpty(notes.route));
      end.setText(EndText.Lane, orEmpty(notes.lane));
    }
    if (this.decides) end.setText(EndText.AuthzDecision, decisionWord(notes.authz));
    if (this.authenticates) {
      end.setText(EndText.JwtReason, orEmpty(notes.jwtReason));
      end.setText(EndText.JwtShadow, orEmpty(notes.jwtShadow));
    }
  }
}
