import { PrivateDnsZoneVirtualNetworkLink } from '@cdktf/provider-azurerm/lib/private-dns-zone-virtual-network-link/index.js';
import { PrivateDnsZone } from '@cdktf/provider-azurerm/lib/private-dns-zone/index.js';
import { Construct } from 'constructs';

export interface PrivateDnsProps {
  /** Name of the zone, such as `privatelink.cognitiveservices.azure.com`. */
  readonly zone: string;
  readonly resourceGroupName: string;
  /** @default {} */
  readonly tags?: Readonly<Record<string, string>>;
}

/** A private DNS zone: a resource group can have it once, so endpoints of several accounts share it. One account has one record in it. */
export class PrivateDns extends Construct {
  /** Resource id of the zone. */
  readonly id: string;
  readonly #zone: PrivateDnsZone;
  readonly #props: PrivateDnsProps;
  readonly #links = new Map<string, PrivateDnsZoneVirtualNetworkLink>();

  constructor(scope: Construct, id: string, props: PrivateDnsProps) {
    super(scope, id);
    const { zone, resourceGroupName, tags } = props;
    this.#props = props;
    this.#zone = new PrivateDnsZone(this, 'Default', { name: zone, resourceGroupName, tags: { ...tags } });
    this.id = this.#zone.id;
  }

  /** Makes a network see the zone, once however often it is asked for. */
  link(id: string, virtualNetworkId: string): PrivateDnsZoneVirtualNetworkLink {
    const key = virtualNetworkId.toLowerCase();
    const link =
      this.#links.get(key) ??
      new PrivateDnsZoneVirtualNetworkLink(this, `link-${id}`, {
        name: `link-${id}`,
        privateDnsZoneName: this.#zone.name,
        resourceGroupName: this.#props.resourceGroupName,
        virtualNetworkId,
        tags: { ...this.#props.tags },
      });
    this.#links.set(key, link);
    return link;
  }
}
