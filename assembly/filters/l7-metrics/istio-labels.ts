import { SpiffeId } from "../../matching/spiffe-id";
import { Bytes, ByteWriter } from "../../sdk";
import { EndText } from "./end-text";
import { Label } from "./label";
import { Origin, writeLabelText } from "./label-text";
import { writeResponseFlags } from "./response-flags";
import { StreamEnd } from "./stream-end";

/** The labels of Istio's standard metrics, in their order. Members are called as the labels are. */
export enum IstioLabelKind {
  reporter,
  source_workload,
  source_canonical_service,
  source_canonical_revision,
  source_workload_namespace,
  source_principal,
  source_app,
  source_version,
  source_cluster,
  destination_workload,
  destination_workload_namespace,
  destination_principal,
  destination_app,
  destination_version,
  destination_service,
  destination_canonical_service,
  destination_canonical_revision,
  destination_service_name,
  destination_service_namespace,
  destination_cluster,
  request_protocol,
  response_code,
  grpc_response_status,
  response_flags,
  connection_security_policy,
}

/** Their names, by number. */
export const ISTIO_LABELS: string[] = names();

const REPORTER = Bytes.constant("waypoint");
const LATEST = Bytes.constant("latest");
const GRPC = Bytes.constant("grpc");
const HTTP = Bytes.constant("http");
const MUTUAL_TLS = Bytes.constant("mutual_tls");
const NONE = Bytes.constant("none");

const spiffeId = new SpiffeId();

/** A label of Istio's standard metrics, with the value that Istio gives it (contrib/istio: istio_stats.cc, for waypoints). */
@final
export class IstioLabel extends Label {
  constructor(
    private readonly kind: IstioLabelKind,
    private readonly end: StreamEnd,
  ) {
    // eslint-disable-next-line waypost/no-index -- one for each
    super(unchecked(ISTIO_LABELS[kind]));
  }

  need(): void {
    const end = this.end;
    switch (this.kind) {
      case IstioLabelKind.reporter:
      case IstioLabelKind.request_protocol:
        break;
      case IstioLabelKind.source_principal:
        end.needInKey(EndText.SourcePrincipal);
        break;
      case IstioLabelKind.source_workload_namespace:
        end.needInKey(EndText.SourcePrincipal);
        end.needSourceInKey();
        break;
      case IstioLabelKind.source_workload:
      case IstioLabelKind.source_canonical_service:
      case IstioLabelKind.source_canonical_revision:
      case IstioLabelKind.source_app:
      case IstioLabelKind.source_version:
      case IstioLabelKind.source_cluster:
        end.needSourceInKey();
        break;
      case IstioLabelKind.destination_service:
      case IstioLabelKind.destination_service_name:
      case IstioLabelKind.destination_service_namespace:
        end.needServiceInKey();
        break;
      case IstioLabelKind.response_code:
        end.needCodeInKey();
        break;
      case IstioLabelKind.grpc_response_status:
        end.needGrpcStatusInKey();
        break;
      case IstioLabelKind.response_flags:
        end.needFlagsInKey();
        break;
      case IstioLabelKind.connection_security_policy:
        end.needInKey(EndText.SourcePrincipal);
        end.needInKey(EndText.LocalPrincipal);
        break;
      default:
        // All others are of the workload that was called.
        end.needDestinationInKey();
    }
  }

  get isKeptInOther(): bool {
    return this.kind == IstioLabelKind.response_code;
  }

  write(writer: ByteWriter): void {
    switch (this.kind) {
      case IstioLabelKind.response_code:
        writer.i64(this.end.code);
        break;
      case IstioLabelKind.grpc_response_status:
        // Istio has an empty one where there is none.
        if (this.end.grpcStatus >= 0) writer.i64(this.end.grpcStatus);
        break;
      case IstioLabelKind.response_flags:
        writeResponseFlags(writer, this.end.flags);
        break;
      default:
        writeLabelText(writer, this.text(), Origin.Mesh);
    }
  }

  /** Empty: unknown. */
  private text(): Bytes {
    const end = this.end;
    switch (this.kind) {
      case IstioLabelKind.reporter:
        return REPORTER;
      case IstioLabelKind.source_workload:
        return end.source.name;
      case IstioLabelKind.source_canonical_service:
        return end.source.canonicalService;
      case IstioLabelKind.source_canonical_revision:
        return or(end.source.canonicalRevision, LATEST);
      case IstioLabelKind.source_workload_namespace:
        return sourceNamespace(end);
      case IstioLabelKind.source_principal:
        return end.text(EndText.SourcePrincipal);
      case IstioLabelKind.source_app:
        return end.source.app;
      case IstioLabelKind.source_version:
        return end.source.version;
      case IstioLabelKind.source_cluster:
        return end.source.cluster;
      case IstioLabelKind.destination_workload:
        return end.destination.name;
      case IstioLabelKind.destination_workload_namespace:
        return end.destination.namespace;
      case IstioLabelKind.destination_principal:
        return end.destination.principal;
      case IstioLabelKind.destination_app:
        return end.destination.app;
      case IstioLabelKind.destination_version:
        return end.destination.version;
      case IstioLabelKind.destination_canonical_service:
        return end.destination.canonicalService;
      case IstioLabelKind.destination_canonical_revision:
        return end.destination.canonicalRevision;
      case IstioLabelKind.destination_cluster:
        return end.destination.cluster;
      case IstioLabelKind.destination_service:
        return end.service.host;
      case IstioLabelKind.destination_service_name:
        return end.service.name;
      case IstioLabelKind.destination_service_namespace:
        return end.service.namespace;
      case IstioLabelKind.request_protocol:
        return end.isGrpc ? GRPC : HTTP;
      default:
        return isMutualTls(end) ? MUTUAL_TLS : NONE;
    }
  }
}

function names(): string[] {
  const names: string[] = [];
  for (let kind = 0; kind <= IstioLabelKind.connection_security_policy; kind++) {
    // eslint-disable-next-line waypost/no-index -- the name of a member: there is no array
    names.push(IstioLabelKind[kind]);
  }
  return names;
}

function sourceNamespace(end: StreamEnd): Bytes {
  return spiffeId.parse(end.text(EndText.SourcePrincipal)) ? spiffeId.namespace : end.source.namespace;
}

/** The waypoint ended a tunnel of mTLS, and so both sides have names. */
function isMutualTls(end: StreamEnd): bool {
  return end.text(EndText.SourcePrincipal).length > 0 && end.text(EndText.LocalPrincipal).length > 0;
}

function or(text: Bytes, absent: Bytes): Bytes {
  return text.length == 0 ? absent : text;
}
