"""Host networking through the unmodified Python SDK: the founding operations, then every networking service.

Prints one line for each: `ok<TAB>operation`, or `failed<TAB>operation<TAB>why`.
"""

import functools
import inspect
import sys
import urllib.error
import urllib.request

import ovirtsdk4 as sdk
from ovirtsdk4 import services, types

URL, PASSWORD, OUTSIDE = sys.argv[1:4]

# The services of host networking, and what of them this engine does not offer: installing hosts, and storage.
SERVICES = {
    services.HostsService: "add_using_root_password add_using_ssh",
    services.HostService: (
        "approve approve_using_root_password approve_using_ssh discover_iscsi enroll_certificate fence force_select_spm"
        " install install_using_root_password install_using_ssh iscsi_discover iscsi_login"
        " unregistered_storage_domains_discover update_using_root_password update_using_ssh upgrade upgrade_check"
    ),
    services.HostNicsService: "",
    services.HostNicService: "",
    services.VirtualFunctionAllowedNetworksService: "",
    services.VirtualFunctionAllowedNetworkService: "",
    services.NetworkAttachmentsService: "",
    services.NetworkAttachmentService: "",
    services.NetworkLabelsService: "",
    services.NetworkLabelService: "",
    services.UnmanagedNetworksService: "",
    services.UnmanagedNetworkService: "",
    services.LinkLayerDiscoveryProtocolService: "",
    services.StatisticsService: "",
    services.StatisticService: "",
    services.NetworksService: "",
    services.NetworkService: "",
    services.DataCenterNetworksService: "",
    services.DataCenterNetworkService: "",
    services.ClusterNetworksService: "",
    services.ClusterNetworkService: "",
    services.DataCentersService: "",
    services.DataCenterService: "clean_finished_tasks set_master",
    services.ClustersService: "",
    services.ClusterService: "refresh_gluster_heal_status reset_emulated_machine upgrade",
    services.QossService: "",
    services.QosService: "",
    services.VnicProfilesService: "",
    services.VnicProfileService: "",
    services.AssignedVnicProfilesService: "",
    services.AssignedVnicProfileService: "",
    services.NetworkFiltersService: "",
    services.NetworkFilterService: "",
    services.MacPoolsService: "",
    services.MacPoolService: "",
    services.EventsService: "",
    services.EventService: "",
    services.JobsService: "",
    services.JobService: "",
    services.StepsService: "",
    services.StepService: "",
    services.SystemOptionService: "",
}
called = set()


def methods(service):
    """What a service can be asked: its public methods but those that lead to other services."""
    found = [name for name, _ in inspect.getmembers(service, inspect.isfunction)]
    return [name for name in found if not (name.startswith("_") or name == "service" or name.endswith("_service"))]


def note_calls(service, name):
    original = getattr(service, name)

    @functools.wraps(original)
    def noted(*arguments, **named):
        try:
            result = original(*arguments, **named)
        except sdk.Error as error:
            # A refusal is an answer, too; what is not offered at all says so.
            if "Nothing is served at" not in str(error):
                called.add((service, name))
            raise
        called.add((service, name))
        return result

    setattr(service, name, noted)


for each in SERVICES:
    for method in methods(each):
        note_calls(each, method)


def connect(**more):
    return sdk.Connection(url=URL, insecure=True, **{"username": "admin@internal", "password": PASSWORD, **more})


def expect(truth, words):
    if not truth:
        raise AssertionError(words)


def operation(name):
    """Runs the function at once and says how it went."""

    def run(function):
        try:
            function()
            print("ok", name, sep="\t", flush=True)
        except Exception as error:  # what a user would see
            words = " ".join(f"{type(error).__name__}: {error}".split())
            print("failed", name, words, sep="\t", flush=True)

    return run


def outside(path):
    """Asks whoever looks at the hosts from outside."""
    try:
        urllib.request.urlopen(f"{OUTSIDE}/{path}", data=b"").close()
    except urllib.error.HTTPError as error:
        raise AssertionError(f"seen from outside: {error.read().decode()}") from None


def founding(step, words):
    """A founding operation: what another hand does before it, the operation itself, and the kernel after it."""

    def run(function):
        def whole():
            outside(f"before/{step}")
            function()
            outside(f"after/{step}")

        operation(f"{step} {words}")(whole)

    return run


connection = connect()
system = connection.system_service()
hosts = system.hosts_service()
networks = system.networks_service()
clusters = system.clusters_service()
data_centers = system.data_centers_service()


@operation("connect with a password")
def _():
    expect(connection.test(raise_exception=True), "the connection does not test")


@operation("connect with a token")
def _():
    token = connection.authenticate()
    other = connect(token=token)
    expect(other.system_service().get().product_info.version.major == 4, "no version 4")
    other.close(logout=False)


@operation("a wrong password is an authentication error")
def _():
    try:
        connect(password="wrong").system_service().get()
    except sdk.AuthError as error:
        expect("admin@internal" in str(error), str(error))
        return
    raise AssertionError("nobody objected")


@operation("a revoked token is an authentication error, and signing in again helps")
def _():
    other = connect()
    token = other.authenticate()
    other.close()
    stale = connect(token=token)
    expect(stale.system_service().get().product_info.version.major == 4, "it did not sign in again")
    stale.close()
    try:
        connect(token=token, username=None, password=None).system_service().get()
    except sdk.AuthError:
        return
    raise AssertionError("nobody objected")


host = hosts.list(search="name=host1")[0]
host_service = hosts.host_service(host.id)
nics = host_service.nics_service()
attachments = host_service.network_attachments_service()
other_host = hosts.list(search="name=host2")[0]
data_center = data_centers.list(search="name=Default")[0]
data_center_service = data_centers.data_center_service(data_center.id)
cluster = clusters.list(search='name="Default"')[0]
cluster_service = clusters.cluster_service(cluster.id)
cluster_networks = cluster_service.networks_service()


def nic(name):
    return next(one for one in nics.list() if one.name == name)


def nic_service(name):
    return nics.nic_service(nic(name).id)


def network(name):
    return networks.list(search=f'name="{name}"')[0]


def network_service(name):
    return networks.network_service(network(name).id)


def attachment(name):
    wanted = network(name).id
    return next(one for one in attachments.list() if one.network.id == wanted)


def attachment_service(name):
    return attachments.attachment_service(attachment(name).id)


def static(address, gateway=None):
    ip = types.Ip(address=address, netmask="255.255.255.0", gateway=gateway, version=types.IpVersion.V4)
    return types.IpAddressAssignment(assignment_method=types.BootProtocol.STATIC, ip=ip)


def dhcp():
    return types.IpAddressAssignment(assignment_method=types.BootProtocol.DHCP)


def bond(name, slaves, mode="1"):
    options = [types.Option(name="mode", value=mode), types.Option(name="miimon", value="100")]
    slaves = [types.HostNic(name=slave) for slave in slaves]
    return types.HostNic(name=name, bonding=types.Bonding(options=options, slaves=slaves))


def attach(name, device, *assignments, **more):
    return types.NetworkAttachment(
        network=types.Network(name=name),
        host_nic=types.HostNic(name=device),
        ip_address_assignments=list(assignments),
        **more,
    )


def move(name, device):
    """By the attachment's id, without the network."""
    return types.NetworkAttachment(id=attachment(name).id, host_nic=types.HostNic(name=device))


@operation("networks: add")
def _():
    for name, tag, usages in [
        ("lease", 10, [types.NetworkUsage.VM]),
        ("red", 101, [types.NetworkUsage.VM]),
        ("blue", 102, [types.NetworkUsage.VM]),
        ("storage", None, []),
    ]:
        made = networks.add(
            types.Network(
                name=name,
                data_center=types.DataCenter(id=data_center.id),
                vlan=None if tag is None else types.Vlan(id=tag),
                usages=usages,
                description=f"the {name} one",
            )
        )
        expect(made.vdsm_name == name and made.description == f"the {name} one", "the answer is not what was sent")
        expect(made.usages == usages, "usages")


@operation("networks: give to a cluster, by id and by name")
def _():
    cluster_networks.add(types.Network(id=network("lease").id, required=False))
    for name in ("red", "blue", "storage"):
        cluster_networks.add(types.Network(name=name, required=False))
    found = {one.name: one for one in cluster_networks.list()}
    expect(found["red"].required is False, "required")
    expect(types.NetworkUsage.MANAGEMENT in found["ovirtmgmt"].usages, "usages of the management network")


@founding("S-01", "a network with DHCP on a nic")
def _():
    service = nic_service("eth1").network_attachments_service()
    made = service.add(types.NetworkAttachment(network=types.Network(name="lease"), ip_address_assignments=[dhcp()]))
    expect(made.host_nic.id == nic("eth1").id, "the nic")
    expect(made.ip_address_assignments[0].assignment_method == types.BootProtocol.DHCP, "the method")


@founding("S-03", "from DHCP to a static address")
def _():
    service = nic_service("eth1").network_attachments_service().attachment_service(attachment("lease").id)
    changed = service.update(types.NetworkAttachment(ip_address_assignments=[static("10.0.10.15", "10.0.10.254")]))
    expect(changed.ip_address_assignments[0].ip.address == "10.0.10.15", "the address")
    expect(service.get().in_sync, "it is not in sync")


@founding("S-05", "what another hand changed is synchronised")
def _():
    service = attachment_service("lease")
    wrong = [one.name for one in service.get().reported_configurations if not one.in_sync]
    expect(wrong == ["mtu"], f"what differs is {wrong}")
    changed = service.update(types.NetworkAttachment(), query={"override_configuration": "true"})
    expect(changed.in_sync, "it is not in sync")


@founding("S-02", "a network is taken off its nic")
def _():
    service = nic_service("eth1").network_attachments_service().attachment_service(attachment("lease").id)
    service.remove()
    expect(not any(one.name == "eth1.10" for one in nics.list()), "the VLAN device stayed")


@founding("S-04", "tagged networks, one call each")
def _():
    service = nic_service("eth1").network_attachments_service()
    for name in ("red", "blue"):
        service.add(types.NetworkAttachment(network=types.Network(name=name)))
    expect(nic("eth1.101").base_interface == "eth1" and nic("eth1.101").vlan.id == 101, "the VLAN device")


@founding("S-09", "a network moves to another nic")
def _():
    before = attachment("red")
    service = attachments.attachment_service(before.id)
    moved = service.update(types.NetworkAttachment(host_nic=types.HostNic(id=nic("eth2").id)))
    expect(moved.id == before.id and moved.host_nic.id == nic("eth2").id, "it did not move")


@founding("S-10", "a network moves back by a setup")
def _():
    before = attachment("red")
    host_service.setup_networks(modified_network_attachments=[move("red", "eth1")], commit_on_success=True)
    after = attachment("red")
    expect(after.id == before.id and after.host_nic.id == nic("eth1").id, "it did not move")


@founding("S-06", "a bond")
def _():
    host_service.setup_networks(modified_bonds=[bond("bond1", ["eth3", "eth4"])], check_connectivity=True)
    made = nic("bond1").bonding
    slaves = sorted(connection.follow_link(slave).name for slave in made.slaves)
    expect(slaves == ["eth3", "eth4"], f"slaves are {slaves}")
    expect({one.name: one.value for one in made.options} == {"mode": "1", "miimon": "100"}, "options")
    expect(connection.follow_link(made.active_slave).name in slaves, "no active slave")


@founding("S-08", "a slave more, another mode")
def _():
    host_service.setup_networks(modified_bonds=[bond("bond1", ["eth3", "eth4", "eth5"], "2")])
    expect(len(nic("bond1").bonding.slaves) == 3, "slaves")


@founding("S-16", "a network attached at the host")
def _():
    made = attachments.add(attach("storage", "bond1", static("203.0.113.5")))
    expect(made.host_nic.id == nic("bond1").id and made.host.id == host.id, "the nic")


@founding("S-15", "networks are synchronised by a setup")
def _():
    wrong = [one for one in attachments.list() if not one.in_sync]
    expect([one.network.id for one in wrong] == [network("storage").id], "what is out of sync")
    host_service.setup_networks(synchronized_network_attachments=[types.NetworkAttachment(id=one.id) for one in wrong])
    expect(attachment("storage").in_sync, "it is not in sync")


@founding("S-07", "a bond goes with the network on it")
def _():
    host_service.setup_networks(
        removed_bonds=[types.HostNic(name="bond1")],
        removed_network_attachments=[types.NetworkAttachment(id=attachment("storage").id)],
    )
    expect(not any(one.name == "bond1" for one in nics.list()), "the bond stayed")


def bond_and_move():
    host_service.setup_networks(
        modified_bonds=[bond("bond0", ["eth1", "eth2"])],
        modified_network_attachments=[attach("red", "bond0"), attach("blue", "bond0")],
        check_connectivity=True,
        connectivity_timeout=60,
    )


@founding("S-11", "a bond takes the networks of its slaves")
def _():
    before = attachment("red").id
    bond_and_move()
    expect(attachment("red").id == before, "the attachment has another id")
    expect(attachment("blue").host_nic.id == nic("bond0").id, "blue did not move")


@founding("S-12", "the bond is broken, networks onto its slaves")
def _():
    host_service.setup_networks(
        removed_bonds=[types.HostNic(id=nic("bond0").id)],
        modified_network_attachments=[attach("red", "eth1"), attach("blue", "eth2")],
    )
    expect(attachment("red").host_nic.id == nic("eth1").id, "red is not on eth1")


@founding("S-13", "the same by the attachments' ids")
def _():
    bond_and_move()
    host_service.setup_networks(
        removed_bonds=[types.HostNic(name="bond0")],
        modified_network_attachments=[move("red", "eth1"), move("blue", "eth2")],
    )
    expect(attachment("blue").host_nic.id == nic("eth2").id, "blue is not on eth2")


@founding("S-14", "several networks go at once")
def _():
    gone = [types.NetworkAttachment(id=attachment(name).id) for name in ("red", "blue")]
    try:
        unknown = types.NetworkAttachment(id="00000000-0000-0000-0000-00000000dead")
        host_service.setup_networks(removed_network_attachments=[*gone, unknown])
        raise AssertionError("nobody objected to an unknown one")
    except sdk.Error as error:
        expect(error.code == 400, str(error))
    expect(len(attachments.list()) == 3, "one bad id, and something went")
    host_service.setup_networks(removed_network_attachments=gone)
    expect(len(attachments.list()) == 1, "something stayed")


@operation("data centres: add, list, read, change, remove")
def _():
    made = data_centers.add(types.DataCenter(name="second", local=False, description="another one"))
    service = data_centers.data_center_service(made.id)
    expect(service.get(follow="networks").networks[0].name == "ovirtmgmt", "its management network")
    expect(service.update(types.DataCenter(comment="far")).comment == "far", "comment")
    expect([one.id for one in data_centers.list(search="name=second", max=1)] == [made.id], "search")
    service.remove(force=True)
    expect(data_centers.list(search="name=second") == [], "it stayed")


@operation("clusters: add, list, read, change, synchronise, remove")
def _():
    made = clusters.add(types.Cluster(name="second", data_center=types.DataCenter(name="Default")))
    service = clusters.cluster_service(made.id)
    expect(service.get(follow="data_center").data_center.name == "Default", "the data centre")
    expect(service.update(types.Cluster(comment="far", ksm=types.Ksm(enabled=True))).ksm.enabled, "ksm")
    expect(service.get(all_content=True).comment == "far", "comment")
    service.sync_all_networks()
    service.remove()
    expect([one.name for one in clusters.list(case_sensitive=True, search="name=second")] == [], "it stayed")


@operation("networks: of a data centre")
def _():
    service = data_center_service.networks_service()
    made = service.add(types.Network(name="plain", usages=[], data_center=data_center, profile_required=False))
    expect(any(one.id == made.id for one in service.list()), "the list")
    one = service.network_service(made.id)
    expect(one.get().usages == [], "a network that is no VM network")
    expect(one.update(types.Network(description="plain")).description == "plain", "description")
    one.remove()


@operation("networks: read, change, follow")
def _():
    service = network_service("blue")
    whole = service.get(follow="data_center,network_labels,vnic_profiles")
    expect(whole.data_center.name == "Default" and whole.vnic_profiles[0].name == "blue", "what was followed")
    expect(service.update(types.Network(comment="sea", mtu=1500)).comment == "sea", "comment")
    expect(service.get().vlan.id == 102, "what was not sent is gone")
    service.update(service.get())
    expect(service.get().comment == "sea", "a whole network, sent back, changes nothing")


@operation("networks: of a cluster, with roles")
def _():
    service = cluster_networks.network_service(network("blue").id)
    changed = service.update(types.Network(required=False, usages=[types.NetworkUsage.VM, types.NetworkUsage.DISPLAY]))
    expect(types.NetworkUsage.DISPLAY in changed.usages and changed.display, "the role")
    management = cluster_networks.network_service(network("ovirtmgmt").id)
    management.update(types.Network(usages=[*management.get().usages, types.NetworkUsage.DISPLAY]))
    expect(types.NetworkUsage.DISPLAY not in service.get().usages, "two have a role that one can have")
    service.remove()
    expect(not any(one.name == "blue" for one in cluster_networks.list()), "it stayed")
    cluster_networks.add(types.Network(name="blue", required=False))


@operation("hosts: add, list, remove")
def _():
    made = hosts.add(types.Host(name="later", address="192.0.2.9", cluster=types.Cluster(name="Default")))
    expect(made.status == types.HostStatus.INSTALLING, f"status is {made.status}")
    found = hosts.list(search="cluster=Default sortby name", max=10, all_content=True, follow="cluster")
    expect([one.name for one in found][:2] == ["host1", "host2"] and found[0].cluster.name == "Default", "the list")
    hosts.host_service(made.id).remove()
    expect(hosts.list(search="name=later") == [], "it stayed")


@operation("host: read, with everything and what it links to")
def _():
    read = host_service.get(all_content=True, follow="nics,network_attachments.network,cluster")
    expect(read.cluster.name == "Default", "the cluster was not followed")
    expect(any(one.name == "eth0" for one in read.nics), "the nics were not followed")
    expect(read.network_attachments[0].network.name == "ovirtmgmt", "the network was not followed")


@operation("host: change, take out of service and back")
def _():
    service = hosts.host_service(other_host.id)
    expect(service.update(types.Host(comment="the other one")).comment == "the other one", "comment")
    service.deactivate(reason="to see")
    expect(service.get().status == types.HostStatus.MAINTENANCE, "it is in service")
    service.activate()
    expect(service.get().status == types.HostStatus.UP, "it is not back")


@operation("host: statistics")
def _():
    service = host_service.statistics_service()
    found = {one.name: one for one in service.list()}
    expect("memory.total" in found and "cpu.load.avg.5m" in found, f"statistics are {sorted(found)}")
    memory = service.statistic_service(found["memory.total"].id).get()
    expect(memory.unit == types.StatisticUnit.BYTES and memory.kind == types.StatisticKind.GAUGE, "memory")


@operation("nics: list and read, with what they link to")
def _():
    read = nic_service("eth1").get()
    expect(read.mac.address and read.mtu == 1500 and read.status == types.NicStatus.UP, "the nic's facts")
    found = {one.name: one for one in nics.list(follow="network,network_labels,statistics", max=100)}
    expect(any(one.network and one.network.name == "ovirtmgmt" for one in found.values()), "the network")
    expect(len(found["eth1"].statistics) == 8, "statistics")
    expect(connection.follow_link(nic("eth1").host).name == "host1", "the host")


@operation("nics: statistics")
def _():
    service = nic_service("eth0").statistics_service()
    found = {one.name: one for one in service.list()}
    expect("data.total.rx" in found and "data.current.tx.bps" in found, f"statistics are {sorted(found)}")
    expect(service.statistic_service(found["data.total.rx"].id).get().name == "data.total.rx", "the statistic")


@operation("nics: neighbours")
def _():
    nic_service("eth1").link_layer_discovery_protocol_elements_service().list()


@operation("nics: labels")
def _():
    service = nic_service("eth2").network_labels_service()
    made = service.add(types.NetworkLabel(id="front"))
    expect(made.id == "front" and [one.id for one in service.list()] == ["front"], "labels")
    expect(connection.follow_link(service.label_service("front").get().host_nic).name == "eth2", "the nic")
    service.label_service("front").remove()
    expect(service.list() == [], "the label stayed")


@operation("networks: labels bring a network to every nic that has the label")
def _():
    service = network_service("red").network_labels_service()
    service.add(types.NetworkLabel(id="front"))
    expect(service.label_service("front").get().id == "front", "the label")
    host_service.setup_networks(
        modified_labels=[types.NetworkLabel(id="front", host_nic=types.HostNic(name="eth2"))],
        commit_on_success=True,
    )
    expect(attachment("red").host_nic.id == nic("eth2").id, "red did not come with its label")
    host_service.setup_networks(removed_labels=[types.NetworkLabel(id="front")])
    expect(len(attachments.list()) == 1, "red stayed without its label")
    expect([one.id for one in service.list()] == ["front"], "labels")
    service.label_service("front").remove()
    expect(service.list() == [], "the label stayed")


@operation("attachments: both IP versions, name servers, properties and QoS")
def _():
    ip = types.Ip(address="2001:db8::7", netmask="64", version=types.IpVersion.V6)
    v6 = types.IpAddressAssignment(assignment_method=types.BootProtocol.STATIC, ip=ip)
    host_service.setup_networks(
        modified_network_attachments=[
            attach(
                "blue",
                "eth2",
                static("192.0.2.7"),
                v6,
                properties=[types.Property(name="bridge_opts", value="priority=1")],
                qos=types.Qos(
                    type=types.QosType.HOSTNETWORK,
                    outbound_average_linkshare=10,
                    outbound_average_upperlimit=20,
                    outbound_average_realtime=10,
                ),
            )
        ]
    )
    read = attachment_service("blue").get()
    addresses = [one.ip.address for one in read.ip_address_assignments]
    expect(addresses == ["192.0.2.7", "2001:db8::7"], f"addresses are {addresses}")
    expect([(one.name, one.value) for one in read.properties] == [("bridge_opts", "priority=1")], "properties")
    expect(read.qos.outbound_average_linkshare == 10, "QoS")
    read.qos.outbound_average_linkshare = 30
    changed = attachment_service("blue").update(read)
    expect(changed.qos.outbound_average_linkshare == 30, "a whole attachment, sent back with one change")
    for link, name in [(changed.network, "blue"), (changed.host_nic, "eth2"), (changed.host, "host1")]:
        expect(connection.follow_link(link).name == name, f"the link to {name}")
    expect(len(connection.follow_link(host_service.get().network_attachments)) == 2, "the link to attachments")
    attachment_service("blue").remove()


@operation("name servers of the default route")
def _():
    resolver = types.DnsResolverConfiguration(name_servers=["192.168.100.1"])
    changed = attachment_service("ovirtmgmt").update(types.NetworkAttachment(dns_resolver_configuration=resolver))
    expect(changed.dns_resolver_configuration.name_servers == ["192.168.100.1"], "name servers")


@operation("QoS of a data centre")
def _():
    service = data_center_service.qoss_service()
    made = service.add(types.Qos(name="gold", type=types.QosType.HOSTNETWORK, outbound_average_linkshare=50))
    one = service.qos_service(made.id)
    expect(one.get().outbound_average_linkshare == 50, "QoS")
    expect(one.update(types.Qos(outbound_average_linkshare=60)).outbound_average_linkshare == 60, "the change")
    expect([each.name for each in service.list()] == ["gold"], "the list")
    one.remove()
    expect(service.list() == [], "it stayed")


@operation("vNIC profiles")
def _():
    service = system.vnic_profiles_service()
    made = service.add(types.VnicProfile(name="blue2", network=types.Network(id=network("blue").id)))
    one = service.profile_service(made.id)
    expect(one.update(types.VnicProfile(description="two")).description == "two", "description")
    expect(one.get(follow="network").network.name == "blue", "the network")
    expect(sorted(each.name for each in service.list() if each.network.id == network("blue").id), "the list")
    one.remove()
    below = network_service("blue").vnic_profiles_service()
    made = below.add(types.VnicProfile(name="blue3"))
    expect(sorted(each.name for each in below.list()) == ["blue", "blue3"], "the profiles of a network")
    expect(below.profile_service(made.id).get().name == "blue3", "one of them")
    below.profile_service(made.id).remove()


@operation("MAC pools")
def _():
    service = system.mac_pools_service()
    expect(any(one.default_pool for one in service.list()), "no default pool")
    ranges = [types.Range(from_="02:00:00:00:00:00", to="02:00:00:00:00:ff")]
    made = service.add(types.MacPool(name="mine", ranges=ranges))
    one = service.mac_pool_service(made.id)
    expect(one.get().ranges[0].to == "02:00:00:00:00:ff", "ranges")
    expect(one.update(types.MacPool(description="of mine")).name == "mine", "what was not sent is gone")
    one.remove()


@operation("network filters and options")
def _():
    service = system.network_filters_service()
    found = next(one for one in service.list() if one.name == "clean-traffic")
    expect(service.network_filter_service(found.id).get().name == "clean-traffic", "the filter")
    option = system.options_service().option_service("MaxAverageNetworkQoSValue").get()
    expect(int(option.values[0].value) > 0, "the option")


@operation("virtual functions, of a nic that has none")
def _():
    service = nic_service("eth1")
    allowed = service.virtual_function_allowed_networks_service()
    expect(allowed.list() == [], "networks are allowed")
    expect(service.virtual_function_allowed_labels_service().list() == [], "labels are allowed")
    blue = network("blue").id
    some = types.HostNicVirtualFunctionsConfiguration(number_of_virtual_functions=2)
    for codes, attempt in (
        ((405,), lambda: service.update_virtual_functions_configuration(virtual_functions_configuration=some)),
        ((400, 405), lambda: allowed.add(types.Network(id=blue))),
        ((404,), lambda: allowed.network_service(blue).get()),
        ((400, 404, 405), lambda: allowed.network_service(blue).remove()),
    ):
        try:
            attempt()
        except sdk.Error as error:
            expect(error.code in codes and error.fault.detail, str(error))
        else:
            raise AssertionError("nobody objected")


@operation("unmanaged networks")
def _():
    service = host_service.unmanaged_networks_service()
    expect(service.list() == [], "there are some")
    host_service.setup_networks(modified_network_attachments=[attach("storage", "eth5", static("203.0.113.9"))])
    # Taken from the cluster without telling hosts, it is nobody's.
    cluster_networks.network_service(network("storage").id).remove(query={"propagate": "false"})
    found = service.list()
    expect([one.name for one in found] == ["storage"], f"unmanaged are {[one.name for one in found]}")
    one = service.unmanaged_network_service(found[0].id)
    expect(connection.follow_link(one.get().host_nic).name == "eth5", "the nic")
    one.remove()
    expect(service.list() == [], "it stayed")
    cluster_networks.add(types.Network(name="storage", required=False))


@operation("the networks of another host are copied")
def _():
    host_service.setup_networks(modified_network_attachments=[attach("red", "eth2", static("198.51.100.7"))])
    other = hosts.host_service(other_host.id)
    other.copy_host_networks(source_host=types.Host(id=host.id))
    wanted = network("red").id
    copied = next(one for one in other.network_attachments_service().list() if one.network.id == wanted)
    expect(connection.follow_link(copied.host_nic).name == "eth2", "the nic")
    expect(copied.ip_address_assignments[0].assignment_method == types.BootProtocol.NONE, "the address was copied")
    other.network_attachments_service().attachment_service(copied.id).remove()
    attachment_service("red").remove()


@operation("an empty setup")
def _():
    host_service.setup_networks(modified_bonds=[], removed_bonds=[], modified_network_attachments=[])


@operation("refresh, save, synchronise everything")
def _():
    host_service.refresh()
    host_service.commit_net_config()
    host_service.sync_all_networks()
    cluster_service.sync_all_networks()


@operation("events: list, search, read, add, remove, bring back")
def _():
    service = system.events_service()
    newest = service.list(max=1)[0]
    expect(service.event_service(newest.id).get().id == newest.id, "the event")
    expect(all(int(one.id) > int(newest.id) - 3 for one in service.list(from_=int(newest.id) - 3)), "from")
    expect(service.list(search="host.name=host1", max=3)[0].host.id == host.id, "the host")
    mine = types.Event(
        origin="suite", severity=types.LogSeverity.WARNING, custom_id=5, description="hello", host=host
    )
    made = service.add(mine)
    service.event_service(made.id).remove()
    expect(service.list(max=1)[0].id != made.id, "it stayed")
    service.undelete()
    expect(service.event_service(made.id).get().description == "hello", "it is not back")


@operation("a correlation id leads from a request to its events and its job")
def _():
    host_service.setup_networks(
        modified_bonds=[bond("bond9", ["eth4", "eth5"])], headers={"Correlation-Id": "suite-42"}
    )
    found = [one.correlation_id for one in system.events_service().list(max=1)]
    expect(found == ["suite-42"], f"the newest event has {found}")
    expect(system.jobs_service().list(max=1)[0].description.startswith("Setting up networks"), "the job")
    host_service.setup_networks(removed_bonds=[types.HostNic(name="bond9")])


@operation("jobs and steps: the engine's own, and one of mine")
def _():
    service = system.jobs_service()
    newest = service.list(max=1)[0]
    expect(newest.status == types.JobStatus.FINISHED and newest.start_time is not None, "the newest job")
    expect(service.job_service(newest.id).get(follow="steps").steps[0].status == types.StepStatus.FINISHED, "its step")
    mine = service.add(types.Job(description="Rewiring row 7", auto_cleared=False))
    one = service.job_service(mine.id)
    steps = one.steps_service()
    step = steps.add(types.Step(type=types.StepEnum.EXECUTING, description="Rack 1"))
    expect(steps.step_service(step.id).get().description == "Rack 1", "the step")
    steps.step_service(step.id).end(succeeded=True)
    expect([each.status for each in steps.list()] == [types.StepStatus.FINISHED], "the step did not end")
    one.end(succeeded=True)
    expect(one.get().status == types.JobStatus.FINISHED, "the job did not end")
    one.clear()


@operation("many answers at once")
def _():
    parallel = connect(connections=3, pipeline=2)
    service = parallel.system_service().hosts_service().host_service(host.id).nics_service()
    futures = [service.list(wait=False) for _ in range(12)]
    expect(all(len(future.wait()) >= 6 for future in futures), "an answer is missing")
    parallel.close()


@operation("what is not there is a not-found error")
def _():
    missing = "00000000-0000-0000-0000-00000000dead"
    for service in (
        attachments.attachment_service(missing),
        nics.nic_service(missing),
        networks.network_service(missing),
        cluster_networks.network_service(missing),
        hosts.host_service(missing),
    ):
        try:
            service.get()
        except sdk.NotFoundError as error:
            expect(error.code == 404 and missing in error.fault.detail, str(error))
        else:
            raise AssertionError(f"nobody objected to {service}")


@operation("what a rule refuses is an error that says why")
def _():
    try:
        host_service.setup_networks(modified_bonds=[bond("bond0", ["eth3"])])
    except sdk.Error as error:
        expect(error.code == 400 and error.fault.reason == "Operation Failed", str(error))
        expect("at least two slaves" in error.fault.detail, str(error))
        return
    raise AssertionError("nobody objected")


@operation("a clash is a conflict, a refused action is an error, too")
def _():
    for code, attempt in (
        (409, lambda: networks.add(types.Network(name="red", data_center=types.DataCenter(name="Default")))),
        (400, lambda: network_service("ovirtmgmt").remove()),
        (400, lambda: host_service.copy_host_networks(source_host=types.Host(id="nowhere"))),
        (400, lambda: networks.add(types.Network(name="no data centre"))),
    ):
        try:
            attempt()
        except sdk.Error as error:
            expect(error.code == code and error.fault.detail, str(error))
        else:
            raise AssertionError("nobody objected")


@operation("networks: remove")
def _():
    for name in ("lease", "red", "blue", "storage"):
        network_service(name).remove()
    expect([one.name for one in networks.list(search="datacenter=Default")] == ["ovirtmgmt"], "something stayed")


@operation("every method of every networking service was called")
def _():
    wanted = {(one, name) for one, without in SERVICES.items() for name in methods(one) if name not in without.split()}
    missing = sorted(f"{one.__name__}.{name}" for one, name in wanted - called)
    expect(not missing, f"not called: {', '.join(missing)}")


connection.close()
