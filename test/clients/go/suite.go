// The founding operations through the unmodified Go SDK; one line for each, as the other suites print them.
package main

import (
	"fmt"
	"io/ioutil"
	"net/http"
	"os"
	"strings"

	sdk "github.com/ovirt/go-ovirt"
)

type suite struct {
	connection *sdk.Connection
	outside    string
	host       *sdk.HostService
}

// An operation panics when it fails, as the SDK's own `Must` functions do.
func operation(name string, work func()) {
	defer func() {
		if problem := recover(); problem != nil {
			fmt.Printf("failed\t%s\t%s\n", name, strings.Join(strings.Fields(fmt.Sprint(problem)), " "))
			return
		}
		fmt.Printf("ok\t%s\n", name)
	}()
	work()
}

func expect(truth bool, words string) {
	if !truth {
		panic(words)
	}
}

func succeed(err error) {
	if err != nil {
		panic(err)
	}
}

func refused(err error, words ...string) {
	expect(err != nil, "nobody objected")
	for _, word := range words {
		expect(strings.Contains(err.Error(), word), err.Error())
	}
}

// Asks whoever looks at the hosts from outside.
func (s *suite) look(path string) {
	answer, err := http.Post(s.outside+path, "text/plain", nil)
	succeed(err)
	defer answer.Body.Close()
	words, err := ioutil.ReadAll(answer.Body)
	succeed(err)
	expect(answer.StatusCode == 200, "seen from outside: "+string(words))
}

// A founding operation: what another hand does before it, the operation itself, and the kernel after it.
func (s *suite) founding(step, words string, work func()) {
	operation(step+" "+words, func() {
		s.look("/before/" + step)
		work()
		s.look("/after/" + step)
	})
}

func (s *suite) nics() []*sdk.HostNic {
	return s.host.NicsService().List().MustSend().MustNics().Slice()
}

func (s *suite) has(name string) bool {
	for _, nic := range s.nics() {
		if nic.MustName() == name {
			return true
		}
	}
	return false
}

func (s *suite) nic(name string) *sdk.HostNic {
	for _, nic := range s.nics() {
		if nic.MustName() == name {
			return nic
		}
	}
	panic("there is no nic " + name)
}

func (s *suite) networkId(name string) string {
	found := s.connection.SystemService().NetworksService().List().Search("name=" + name).MustSend().MustNetworks()
	return found.Slice()[0].MustId()
}

func (s *suite) attachments() []*sdk.NetworkAttachment {
	return s.host.NetworkAttachmentsService().List().MustSend().MustAttachments().Slice()
}

func (s *suite) attachment(name string) *sdk.NetworkAttachment {
	id := s.networkId(name)
	for _, one := range s.attachments() {
		if one.MustNetwork().MustId() == id {
			return one
		}
	}
	panic(name + " is not attached")
}

func (s *suite) service(name string) *sdk.NetworkAttachmentService {
	return s.host.NetworkAttachmentsService().AttachmentService(s.attachment(name).MustId())
}

func (s *suite) below(nic string) *sdk.NetworkAttachmentsService {
	return s.host.NicsService().NicService(s.nic(nic).MustId()).NetworkAttachmentsService()
}

func device(name string) *sdk.HostNic {
	return sdk.NewHostNicBuilder().Name(name).MustBuild()
}

func attach(network, nic string) *sdk.NetworkAttachmentBuilder {
	return sdk.NewNetworkAttachmentBuilder().
		NetworkBuilder(sdk.NewNetworkBuilder().Name(network)).
		HostNic(device(nic))
}

// By the attachment's id, without the network.
func (s *suite) move(network, nic string) *sdk.NetworkAttachment {
	return sdk.NewNetworkAttachmentBuilder().Id(s.attachment(network).MustId()).HostNic(device(nic)).MustBuild()
}

func (s *suite) reference(network string) *sdk.NetworkAttachment {
	return sdk.NewNetworkAttachmentBuilder().Id(s.attachment(network).MustId()).MustBuild()
}

func fixed(address, gateway string) *sdk.IpAddressAssignment {
	ip := sdk.NewIpBuilder().Address(address).Netmask("255.255.255.0").Version(sdk.IPVERSION_V4)
	if gateway != "" {
		ip.Gateway(gateway)
	}
	return sdk.NewIpAddressAssignmentBuilder().AssignmentMethod(sdk.BOOTPROTOCOL_STATIC).IpBuilder(ip).MustBuild()
}

func bond(name, mode string, slaves ...string) *sdk.HostNic {
	bonding := sdk.NewBondingBuilder().OptionsOfAny(
		sdk.NewOptionBuilder().Name("mode").Value(mode).MustBuild(),
		sdk.NewOptionBuilder().Name("miimon").Value("100").MustBuild(),
	)
	for _, slave := range slaves {
		bonding.SlavesOfAny(device(slave))
	}
	return sdk.NewHostNicBuilder().Name(name).BondingBuilder(bonding).MustBuild()
}

func (s *suite) bondAndMove() {
	s.host.SetupNetworks().
		ModifiedBondsOfAny(bond("bond0", "1", "eth1", "eth2")).
		ModifiedNetworkAttachmentsOfAny(attach("red", "bond0").MustBuild(), attach("blue", "bond0").MustBuild()).
		CheckConnectivity(true).CommitOnSuccess(true).MustSend()
}

func main() {
	url, password := os.Args[1], os.Args[2]
	connect := func(secret string) *sdk.Connection {
		connection, err := sdk.NewConnectionBuilder().URL(url).Username("admin@internal").Password(secret).
			Insecure(true).Compress(true).Build()
		succeed(err)
		return connection
	}
	connection := connect(password)
	system := connection.SystemService()
	s := &suite{connection: connection, outside: os.Args[3]}

	operation("connect", func() { succeed(connection.Test()) })
	operation("a wrong password is an authentication error", func() {
		_, err := connect("wrong").SystemService().Get().Send()
		refused(err, "admin@internal")
	})

	found := system.HostsService().List().Search("name=host1").MustSend().MustHosts().Slice()[0]
	s.host = system.HostsService().HostService(found.MustId())

	operation("networks: add, and give to a cluster", func() {
		cluster := system.ClustersService().List().Search("name=Default").MustSend().MustClusters().Slice()[0].MustId()
		assigned := system.ClustersService().ClusterService(cluster).NetworksService()
		for _, one := range []struct {
			name string
			tag  int64
		}{{"lease", 10}, {"red", 101}, {"blue", 102}, {"storage", 0}} {
			wanted := sdk.NewNetworkBuilder().Name(one.name).DataCenterBuilder(sdk.NewDataCenterBuilder().Name("Default"))
			if one.tag > 0 {
				wanted.VlanBuilder(sdk.NewVlanBuilder().Id(one.tag)).UsagesOfAny(sdk.NETWORKUSAGE_VM)
			} else {
				wanted.Usages([]sdk.NetworkUsage{})
			}
			made := system.NetworksService().Add().Network(wanted.MustBuild()).MustSend().MustNetwork()
			usages, _ := made.Usages()
			expect((len(usages) == 1) == (one.tag > 0), "usages of "+one.name)
			given := sdk.NewNetworkBuilder().Id(made.MustId()).Required(false).MustBuild()
			assigned.Add().Network(given).MustSend()
		}
	})
	s.founding("S-01", "a network with DHCP on a nic", func() {
		dhcp := sdk.NewIpAddressAssignmentBuilder().AssignmentMethod(sdk.BOOTPROTOCOL_DHCP).MustBuild()
		wanted := sdk.NewNetworkAttachmentBuilder().NetworkBuilder(sdk.NewNetworkBuilder().Name("lease")).
			IpAddressAssignmentsOfAny(dhcp).MustBuild()
		made := s.below("eth1").Add().Attachment(wanted).MustSend().MustAttachment()
		first := made.MustIpAddressAssignments().Slice()[0]
		expect(first.MustAssignmentMethod() == sdk.BOOTPROTOCOL_DHCP, "method")
	})
	s.founding("S-03", "from DHCP to a static address", func() {
		wanted := sdk.NewNetworkAttachmentBuilder().
			IpAddressAssignmentsOfAny(fixed("10.0.10.15", "10.0.10.254")).MustBuild()
		changed := s.below("eth1").AttachmentService(s.attachment("lease").MustId()).Update().
			Attachment(wanted).MustSend().MustAttachment()
		address := changed.MustIpAddressAssignments().Slice()[0].MustIp().MustAddress()
		expect(address == "10.0.10.15", "the address is "+address)
	})
	s.founding("S-05", "what another hand changed is synchronised", func() {
		expect(!s.service("lease").Get().MustSend().MustAttachment().MustInSync(), "it is in sync")
		changed := s.service("lease").Update().Query("override_configuration", "true").
			Attachment(sdk.NewNetworkAttachmentBuilder().MustBuild()).MustSend().MustAttachment()
		expect(changed.MustInSync(), "it is not in sync")
	})
	s.founding("S-02", "a network is taken off its nic", func() {
		s.below("eth1").AttachmentService(s.attachment("lease").MustId()).Remove().MustSend()
		expect(!s.has("eth1.10"), "the VLAN device stayed")
	})
	s.founding("S-04", "tagged networks, one call each", func() {
		for _, name := range []string{"red", "blue"} {
			wanted := sdk.NewNetworkAttachmentBuilder().NetworkBuilder(sdk.NewNetworkBuilder().Id(s.networkId(name)))
			s.below("eth1").Add().Attachment(wanted.MustBuild()).MustSend()
		}
		expect(s.nic("eth1.101").MustVlan().MustId() == 101, "the VLAN device")
	})
	s.founding("S-09", "a network moves to another nic", func() {
		before, to := s.attachment("red").MustId(), s.nic("eth2").MustId()
		wanted := sdk.NewNetworkAttachmentBuilder().HostNicBuilder(sdk.NewHostNicBuilder().Id(to)).MustBuild()
		moved := s.service("red").Update().Attachment(wanted).MustSend().MustAttachment()
		expect(moved.MustId() == before && moved.MustHostNic().MustId() == to, "it did not move")
	})
	s.founding("S-10", "a network moves back by a setup", func() {
		before := s.attachment("red").MustId()
		s.host.SetupNetworks().ModifiedNetworkAttachmentsOfAny(s.move("red", "eth1")).MustSend()
		expect(s.attachment("red").MustId() == before, "another attachment")
	})
	s.founding("S-06", "a bond", func() {
		s.host.SetupNetworks().ModifiedBondsOfAny(bond("bond1", "1", "eth3", "eth4")).MustSend()
		slave, err := connection.FollowLink(s.nic("bond1").MustBonding().MustSlaves().Slice()[0])
		succeed(err)
		followed := slave.(*sdk.HostNic).MustName()
		expect(followed == "eth3" || followed == "eth4", "the slave is "+followed)
	})
	s.founding("S-08", "a slave more, another mode", func() {
		s.host.SetupNetworks().ModifiedBondsOfAny(bond("bond1", "2", "eth3", "eth4", "eth5")).MustSend()
		expect(len(s.nic("bond1").MustBonding().MustSlaves().Slice()) == 3, "slaves")
	})
	s.founding("S-16", "a network attached at the host", func() {
		wanted := attach("storage", "bond1").IpAddressAssignmentsOfAny(fixed("203.0.113.5", "")).MustBuild()
		made := s.host.NetworkAttachmentsService().Add().Attachment(wanted).MustSend().MustAttachment()
		expect(made.MustHostNic().MustId() == s.nic("bond1").MustId(), "the nic")
	})
	s.founding("S-15", "networks are synchronised by a setup", func() {
		expect(!s.attachment("storage").MustInSync(), "it is in sync")
		s.host.SetupNetworks().SynchronizedNetworkAttachmentsOfAny(s.reference("storage")).MustSend()
		expect(s.attachment("storage").MustInSync(), "it is not in sync")
	})
	s.founding("S-07", "a bond goes with the network on it", func() {
		s.host.SetupNetworks().RemovedBondsOfAny(device("bond1")).
			RemovedNetworkAttachmentsOfAny(s.reference("storage")).MustSend()
		expect(!s.has("bond1"), "the bond stayed")
	})
	s.founding("S-11", "a bond takes the networks of its slaves", func() {
		before := s.attachment("red").MustId()
		s.bondAndMove()
		expect(s.attachment("red").MustId() == before, "another attachment")
	})
	s.founding("S-12", "the bond is broken, networks onto its slaves", func() {
		gone := sdk.NewHostNicBuilder().Id(s.nic("bond0").MustId()).MustBuild()
		s.host.SetupNetworks().RemovedBondsOfAny(gone).
			ModifiedNetworkAttachmentsOfAny(attach("red", "eth1").MustBuild(), attach("blue", "eth2").MustBuild()).
			MustSend()
		expect(s.attachment("blue").MustHostNic().MustId() == s.nic("eth2").MustId(), "the nic")
	})
	s.founding("S-13", "the same by the attachments' ids", func() {
		s.bondAndMove()
		s.host.SetupNetworks().RemovedBondsOfAny(device("bond0")).
			ModifiedNetworkAttachmentsOfAny(s.move("red", "eth1"), s.move("blue", "eth2")).MustSend()
		expect(s.attachment("blue").MustHostNic().MustId() == s.nic("eth2").MustId(), "the nic")
	})
	s.founding("S-14", "several networks go at once", func() {
		red, blue := s.reference("red"), s.reference("blue")
		unknown := sdk.NewNetworkAttachmentBuilder().Id("00000000-0000-0000-0000-00000000dead").MustBuild()
		_, err := s.host.SetupNetworks().RemovedNetworkAttachmentsOfAny(red, blue, unknown).Send()
		refused(err, "ATT-12")
		expect(len(s.attachments()) == 3, "one bad id, and something went")
		s.host.SetupNetworks().RemovedNetworkAttachmentsOfAny(red, blue).MustSend()
		expect(len(s.attachments()) == 1, "something stayed")
	})
	operation("refresh, save, synchronise", func() {
		s.host.Refresh().MustSend()
		s.host.CommitNetConfig().MustSend()
		s.host.SyncAllNetworks().MustSend()
	})
	operation("labels of a nic", func() {
		labels := s.host.NicsService().NicService(s.nic("eth2").MustId()).NetworkLabelsService()
		labels.Add().Label(sdk.NewNetworkLabelBuilder().Id("front").MustBuild()).MustSend()
		expect(labels.List().MustSend().MustLabels().Slice()[0].MustId() == "front", "the label")
		labels.LabelService("front").Remove().MustSend()
	})
	operation("statistics of a nic", func() {
		service := s.host.NicsService().NicService(s.nic("eth1").MustId()).StatisticsService()
		expect(len(service.List().MustSend().MustStatistics().Slice()) == 8, "statistics")
	})
	operation("events and jobs", func() {
		newest := system.EventsService().List().Max(1).MustSend().MustEvents().Slice()[0]
		expect(newest.MustTime().Year() > 2000 && newest.MustCode() > 0, "the newest event")
		job := system.JobsService().List().Max(1).MustSend().MustJobs().Slice()[0]
		expect(job.MustStatus() == sdk.JOBSTATUS_FINISHED && !job.MustEndTime().IsZero(), "the newest job")
	})
	operation("what is not there is a not-found error", func() {
		_, err := s.host.NetworkAttachmentsService().AttachmentService("dead").Get().Send()
		_, typed := err.(*sdk.NotFoundError)
		expect(typed, fmt.Sprintf("%T: %v", err, err))
	})
	operation("what a rule refuses is an error that says why", func() {
		_, err := s.host.SetupNetworks().ModifiedBondsOfAny(bond("bond0", "1", "eth1")).Send()
		refused(err, "at least two slaves")
	})
	operation("a refused action is an error, too", func() {
		_, err := s.host.CopyHostNetworks().SourceHost(sdk.NewHostBuilder().Id("nowhere").MustBuild()).Send()
		refused(err, "COPY-02")
	})
	operation("networks: remove", func() {
		for _, name := range []string{"lease", "red", "blue", "storage"} {
			system.NetworksService().NetworkService(s.networkId(name)).Remove().MustSend()
		}
	})
	operation("sign out", func() { succeed(connection.Close()) })
}
