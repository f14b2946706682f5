"""The operations of host networking through the unmodified Python SDK.

Prints one line for each: `ok<TAB>operation`, or `failed<TAB>operation<TAB>why`.
"""

import sys

import ovirtsdk4 as sdk
from ovirtsdk4 import types

URL, PASSWORD = sys.argv[1:3]


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
    except sdk.AuthError:
        return
    raise AssertionError("nobody objected")


host = hosts.list(search="name=host1")[0]
host_service = hosts.host_service(host.id)
other_host = hosts.list(search="name=host2")[0]
data_center = data_centers.list(search="name=Default")[0]
cluster = clusters.list(search='name="Default"')[0]
cluster_networks = clusters.cluster_service(cluster.id).networks_service()


def nic(name):
    return next(one for one in host_service.nics_service().list() if one.name == name)


def attachment(network):
    found = networks.list(search=f'name="{network}"')[0]
    return next(one for one in host_service.network_attachments_service().list() if one.network.id == found.id)


def static(address):
    ip = types.Ip(address=address, netmask="255.255.255.0", version=types.IpVersion.V4)
    return types.IpAddressAssignment(assignment_method=types.BootProtocol.STATIC, ip=ip)


def dhcp():
    return types.IpAddressAssignment(assignment_method=types.BootProtocol.DHCP)


def bond(name, slaves, mode="1"):
    options = [types.Option(name="mode", value=mode), types.Option(name="miimon", value="100")]
    slaves = [types.HostNic(name=slave) for slave in slaves]
    return types.HostNic(name=name, bonding=types.Bonding(options=options, slaves=slaves))


def attach(network, device, *assignments, **more):
    return types.NetworkAttachment(
        network=types.Network(name=network),
        host_nic=types.HostNic(name=device),
        ip_address_assignments=list(assignments),
        **more,
    )


@operation("networks: add")
def _():
    for name, tag in [("blue", None), ("red", 71), ("green", 72)]:
        vlan = None if tag is None else types.Vlan(id=tag)
        made = networks.add(
            types.Network(
                name=name,
                data_center=types.DataCenter(id=data_center.id),
                vlan=vlan,
                usages=[types.NetworkUsage.VM],
                description=f"the {name} one",
            )
        )
        expect(made.vdsm_name == name and made.description == f"the {name} one", "the answer is not what was sent")


@operation("networks: give to a cluster, by id and by name")
def _():
    cluster_networks.add(types.Network(id=networks.list(search="name=blue")[0].id, required=False))
    cluster_networks.add(types.Network(name="red", required=False))
    cluster_networks.add(types.Network(name="green", required=False))
    found = {one.name: one for one in cluster_networks.list()}
    expect(found["red"].required is False, "required")
    expect(types.NetworkUsage.MANAGEMENT in found["ovirtmgmt"].usages, "usages of the management network")


@operation("networks: of a data centre")
def _():
    service = data_centers.data_center_service(data_center.id).networks_service()
    made = service.add(types.Network(name="plain", usages=[], data_center=data_center, profile_required=False))
    expect(service.network_service(made.id).get().usages == [], "a network that is no VM network")
    service.network_service(made.id).remove()


@operation("networks: change")
def _():
    service = networks.network_service(networks.list(search="name=green")[0].id)
    expect(service.update(types.Network(comment="grass", mtu=1500)).comment == "grass", "comment")
    expect(service.get().vlan.id == 72, "what was not sent is gone")


@operation("host: read, with everything and what it links to")
def _():
    read = host_service.get(all_content=True, follow="nics,network_attachments.network,cluster")
    expect(read.cluster.name == "Default", "the cluster was not followed")
    expect(any(one.name == "eth0" for one in read.nics), "the nics were not followed")
    expect(read.network_attachments[0].network.name == "ovirtmgmt", "the network was not followed")


@operation("nics: list and read")
def _():
    read = host_service.nics_service().nic_service(nic("eth1").id).get()
    expect(read.mac.address and read.mtu == 1500 and read.status == types.NicStatus.UP, "the nic's facts")


@operation("nics: statistics")
def _():
    names = [one.name for one in host_service.nics_service().nic_service(nic("eth0").id).statistics_service().list()]
    expect("data.total.rx" in names and "data.current.tx.bps" in names, f"statistics are {names}")


@operation("S-01 a network with DHCP on a nic")
def _():
    service = host_service.nics_service().nic_service(nic("eth1").id).network_attachments_service()
    made = service.add(
        types.NetworkAttachment(network=types.Network(name="blue"), ip_address_assignments=[dhcp()])
    )
    expect(made.host_nic.id == nic("eth1").id, "the nic")
    expect(made.ip_address_assignments[0].assignment_method == types.BootProtocol.DHCP, "the method")


@operation("S-03 from DHCP to a static address")
def _():
    service = host_service.network_attachments_service().attachment_service(attachment("blue").id)
    changed = service.update(types.NetworkAttachment(ip_address_assignments=[static("192.0.2.7")]))
    expect(changed.ip_address_assignments[0].ip.address == "192.0.2.7", "the address")
    expect(service.get().in_sync, "it is not in sync")


@operation("S-04 tagged networks, one call each")
def _():
    service = host_service.nics_service().nic_service(nic("eth1").id).network_attachments_service()
    for name in ("red", "green"):
        service.add(types.NetworkAttachment(network=types.Network(name=name)))
    expect(nic("eth1.71").base_interface == "eth1" and nic("eth1.71").vlan.id == 71, "the VLAN device")


@operation("S-05 synchronise one network")
def _():
    service = host_service.network_attachments_service().attachment_service(attachment("blue").id)
    service.update(types.NetworkAttachment(), query={"override_configuration": "true"})


@operation("S-09 a network moves to another nic")
def _():
    before = attachment("red")
    moved = types.NetworkAttachment(id=before.id, host_nic=types.HostNic(name="eth2"))
    host_service.setup_networks(modified_network_attachments=[moved], commit_on_success=True)
    after = attachment("red")
    expect(after.id == before.id and after.host_nic.id == nic("eth2").id, "it did not move")


@operation("S-02 a network is taken off its nic")
def _():
    host_service.network_attachments_service().attachment_service(attachment("red").id).remove()
    expect(not any(one.name == "eth2.71" for one in host_service.nics_service().list()), "the VLAN device stayed")


@operation("S-06 a bond")
def _():
    host_service.setup_networks(modified_bonds=[bond("bond0", ["eth3", "eth4"])], check_connectivity=True)
    made = nic("bond0").bonding
    slaves = sorted(connection.follow_link(slave).name for slave in made.slaves)
    expect(slaves == ["eth3", "eth4"], f"slaves are {slaves}")
    expect({one.name: one.value for one in made.options} == {"mode": "1", "miimon": "100"}, "options")
    expect(made.active_slave is not None, "no active slave")


@operation("S-08 a slave more, another mode")
def _():
    host_service.setup_networks(modified_bonds=[bond("bond0", ["eth3", "eth4", "eth5"], "2")])
    expect(len(nic("bond0").bonding.slaves) == 3, "slaves")


@operation("S-11 networks onto the bond")
def _():
    host_service.setup_networks(
        modified_network_attachments=[attach("red", "bond0", static("198.51.100.7")), attach("blue", "bond0")],
        check_connectivity=True,
        connectivity_timeout=60,
    )
    expect(attachment("blue").host_nic.id == nic("bond0").id, "blue did not move")


@operation("S-12 the bond is broken, networks onto its slaves")
def _():
    host_service.setup_networks(
        removed_bonds=[types.HostNic(id=nic("bond0").id)],
        modified_network_attachments=[attach("red", "eth3"), attach("blue", "eth4")],
    )
    expect(attachment("red").host_nic.id == nic("eth3").id, "red is not on eth3")


@operation("S-14 several networks go at once")
def _():
    gone = [types.NetworkAttachment(id=attachment(name).id) for name in ("red", "blue", "green")]
    host_service.setup_networks(removed_network_attachments=gone)
    expect(len(host_service.network_attachments_service().list()) == 1, "something stayed")


@operation("S-15 the configuration is saved")
def _():
    host_service.commit_net_config()


@operation("S-16 all networks are synchronised")
def _():
    host_service.sync_all_networks()
    clusters.cluster_service(cluster.id).sync_all_networks()


@operation("an empty setup")
def _():
    host_service.setup_networks(modified_bonds=[], removed_bonds=[], modified_network_attachments=[])


@operation("refresh")
def _():
    host_service.refresh()


@operation("nics: labels")
def _():
    service = host_service.nics_service().nic_service(nic("eth2").id).network_labels_service()
    service.add(types.NetworkLabel(id="front"))
    expect([one.id for one in service.list()] == ["front"], "labels")
    service.label_service("front").remove()
    expect(service.list() == [], "the label stayed")


@operation("networks: labels")
def _():
    service = networks.network_service(networks.list(search="name=red")[0].id).network_labels_service()
    service.add(types.NetworkLabel(id="front"))
    expect([one.id for one in service.list()] == ["front"], "labels")
    service.label_service("front").remove()


@operation("attachments: properties, name servers and QoS")
def _():
    host_service.setup_networks(
        modified_network_attachments=[
            attach(
                "blue",
                "eth2",
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
    read = attachment("blue")
    expect([(one.name, one.value) for one in read.properties] == [("bridge_opts", "priority=1")], "properties")
    expect(read.qos.outbound_average_linkshare == 10, "QoS")
    host_service.network_attachments_service().attachment_service(read.id).remove()


@operation("QoS of a data centre")
def _():
    service = data_centers.data_center_service(data_center.id).qoss_service()
    qos = types.Qos(name="gold", type=types.QosType.HOSTNETWORK, outbound_average_linkshare=50)
    made = service.add(qos)
    expect(service.qos_service(made.id).get().outbound_average_linkshare == 50, "QoS")
    service.qos_service(made.id).update(types.Qos(outbound_average_linkshare=60))
    service.qos_service(made.id).remove()


@operation("vNIC profiles")
def _():
    service = system.vnic_profiles_service()
    blue = networks.list(search="name=blue")[0]
    made = service.add(types.VnicProfile(name="blue2", network=types.Network(id=blue.id)))
    service.profile_service(made.id).remove()


@operation("MAC pools, network filters, options")
def _():
    expect(any(one.default_pool for one in system.mac_pools_service().list()), "no default pool")
    system.network_filters_service().list()


@operation("unmanaged networks")
def _():
    expect(host_service.unmanaged_networks_service().list() == [], "there are some")


@operation("copy the networks of another host")
def _():
    host_service.copy_host_networks(source_host=types.Host(id=other_host.id))


@operation("events")
def _():
    service = system.events_service()
    newest = service.list(max=1)[0]
    expect(service.event_service(newest.id).get().id == newest.id, "the event")
    expect(all(int(one.id) > int(newest.id) - 3 for one in service.list(from_=int(newest.id) - 3)), "from")
    mine = types.Event(
        origin="suite", severity=types.LogSeverity.WARNING, custom_id=5, description="hello", host=host
    )
    service.event_service(service.add(mine).id).remove()


@operation("jobs and steps")
def _():
    job = system.jobs_service().list()[0]
    expect(job.status == types.JobStatus.FINISHED and job.start_time is not None, "the newest job")
    system.jobs_service().job_service(job.id).steps_service().list()


@operation("what is not there is a not-found error")
def _():
    try:
        host_service.network_attachments_service().attachment_service("0" * 8).get()
    except sdk.NotFoundError:
        return
    raise AssertionError("nobody objected")


@operation("what a rule refuses is an error that says why")
def _():
    try:
        host_service.setup_networks(modified_bonds=[bond("bond0", ["eth3"])])
    except sdk.Error as error:
        expect(error.code == 400 and "at least two slaves" in str(error), str(error))
        return
    raise AssertionError("nobody objected")


@operation("networks: remove")
def _():
    for name in ("blue", "red", "green"):
        networks.network_service(networks.list(search=f"name={name}")[0].id).remove()
    expect([one.name for one in networks.list(search="datacenter=Default")] == ["ovirtmgmt"], "something stayed")


connection.close()
