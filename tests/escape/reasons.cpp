#include "directives.hpp"

namespace left4me::escape {
namespace {

const Words server = {"left4me-server@"};
const Words build = {"left4me-build@"};
const Words steamcmd = {"left4me-steamcmd"};
const Words builds = {"left4me-build@", "left4me-steamcmd"};
const Words games_and_builds = {"left4me-server@", "left4me-build@", "left4me-steamcmd"};
/// Whose mount is to be the host's.
const Words mounters = {"left4me-overlay@", "left4me-purge@", "left4me-released@", "left4me-workcopy@"};
const Words brokers = {"left4me-broker-logs@", "left4me-broker@"};
const Words jobs = {"left4me-job-layers@", "left4me-job-servers@", "left4me-job-steam@",
                    "left4me-job-workshop@"};
const Words watch = {"left4me-watch"};
const Words event = {"left4me-event@"};
const Words web = {"left4me-web"};
const Words hung = {"left4me-hung@"};
const Words watch_and_hung = {"left4me-watch", "left4me-hung@", "left4me-event@"};
const Words view_of_job = {"Each/ViewOfJob.*"};
const std::string what_it_runs = "what it runs, and when that is done";
const std::string share = "its share of the machine";

std::vector<Reason> of_the_sandbox()
{
    return {
        {server,
         "AppArmorProfile",
         {"MachineConfinement.WithoutItsDirectivesAllOfThatIsOpen"},
         "S20: sockets of 32-bit programs, which no filter sees"},
        {builds,
         "AppArmorProfile",
         {"MachineConfinement.TheProfileRefusesTo64BitsByItself"},
         "the profile is the server's but for its name"},
        {server, "SystemCallArchitectures", {"RealServer.*"}, "`native` alone kills a 32-bit game"},
        {build, "SystemCallArchitectures", {"Sandbox.RunsProgramsOf32BitsOnlyWhenAsked"}, ""},
        {steamcmd,
         "SystemCallArchitectures",
         {},
         "`native` alone kills a 32-bit program, as in left4me-server@"},
        {server,
         "IPAddressAllow",
         {"Units.AllOfThePublicInternetAndNothingElseIsAllowed"},
         "what IPAddressDeny=any leaves"},
        {games_and_builds,
         "MountAPIVFS",
         {"Gate.TheRealUnitHoldsInBothAbis"},
         "/proc, /sys and /dev of its own in the empty root"},
        {games_and_builds,
         "RemoveIPC",
         {},
         "second to PrivateIPC=, whose objects go with the namespace; costs nothing"},
        {{"left4me-event@", "left4me-hung@", "left4me-inspect", "left4me-installation",
          "left4me-layers-refresh", "left4me-workshop-refresh"},
         "RemoveIPC",
         {},
         "second to PrivateIPC=; costs nothing"},
        {{},
         "KeyringMode",
         {},
         "the filter denies keyctl (S21) and PrivateUsers= hides the user's keyring; what systemd "
         "itself would link there stays away, too; costs nothing"},
        {{"left4me-hung@", "left4me-inspect", "left4me-installation"},
         "PrivateMounts",
         {},
         "what the directives beside it imply, said for a host that drops one of them"},
        {mounters,
         "RestrictFileSystems",
         {"Unit/MachineRootsFileSystems.AreAllWithoutTheDirective/*"},
         "the kernel's settings, which no mount namespace hides here"},
        {{"left4me-overlay@", "left4me-purge@", "left4me-released@", "left4me-workcopy@",
          "left4me-hung@", "left4me-inspect", "left4me-installation"},
         "NotifyAccess",
         {"Helper.*"},
         "the helper's reason becomes the status text; of its main process alone"},
        {{"left4me-installation", "left4me-layers-refresh", "left4me-workshop-refresh"},
         "ReadWritePaths",
         {"Daily.TheTimersUnitMakesLayersAnew", "Workshop.TheTimersUnitRefreshesInItsSandbox",
          "Steam.InstallsForAnAccountThatMayHaveIt"},
         "the exception to ProtectSystem=strict"},
        {{"left4me-inspect"},
         "ReadWritePaths",
         {"Upgraded.StatusTellsOfALibraryThatWasUpgradedSince"},
         "the exception to ProtectSystem=strict"},
        {{"left4me-overlay@", "left4me-purge@", "left4me-released@", "left4me-workcopy@",
          "left4me-build@", "left4me-hung@", "left4me-inspect", "left4me-steamcmd", "left4me-watch"},
         "UMask",
         {},
         "the default, said: directories of layers and mounts are for all programs to enter"},
    };
}

std::vector<Reason> of_brokers()
{
    return {
        {{"left4me-broker@"},
         "ReadWritePaths",
         {"Broker.EnablesAtBootWhereTheHostLooks", "Daily.TheTimersUnitMakesLayersAnew"},
         "the exception to ProtectSystem=strict"},
        {brokers,
         "PrivateMounts",
         {},
         "what the directives beside it imply, said for a host that drops one of them"},
        {brokers, "RemoveIPC", {}, "second to PrivateIPC=; costs nothing"},
        {brokers, "StandardInput", {"Broker.*"}, "the connection that it answers"},
        {brokers,
         "StandardOutput",
         {"Broker.RefusesWhoeverIsNoMainProcessOfAUnitThatMayAsk"},
         "what it refuses is told"},
        {brokers,
         "SyslogLevel",
         {"Broker.RefusesWhoeverIsNoMainProcessOfAUnitThatMayAsk"},
         "what it refuses is told"},
        {brokers, "LogLevelMax", {}, "and not that each call began and ended"},
        {brokers,
         "SuccessExitStatus",
         {"Broker.RefusesWhoeverIsNoMainProcessOfAUnitThatMayAsk"},
         "a refusal leaves no failed unit"},
        {brokers, "TasksMax", {}, share},
        {brokers, "MemoryPressureWatch", {}, "a mount less for each call: no defence"},
    };
}

std::vector<Reason> of_jobs()
{
    return {
        {jobs, "RootDirectory", view_of_job, "an empty root: what is not bound is not there"},
        {jobs, "MountAPIVFS", {}, "/proc, /sys and /dev of its own in the empty root"},
        {jobs, "BindLogSockets", view_of_job, "the journal's sockets"},
        {jobs, "BindPaths", view_of_job, "what it works on"},
        {jobs, "BindReadOnlyPaths", view_of_job, "what programs need, its request, its ways out"},
        {jobs, "TemporaryFileSystem", view_of_job, "other jobs, and the host's own files"},
        {jobs, "StateDirectory", {"Jobs.RunAVerbAndLeaveItsLogAndItsResult"}, "its log and its result"},
        {jobs, "StateDirectoryMode", {"Jobs.RunAVerbAndLeaveItsLogAndItsResult"}, "for nobody else"},
        {jobs, "User", {"Each/ViewOfJob.*"}, "not root"},
        {jobs, "Group", {"Each/ViewOfJob.*"}, "not root"},
        {jobs, "NotifyAccess", {}, "no process of it names itself the main one; nothing is to be told"},
        {jobs, "RuntimeMaxSec", {}, "none goes on for ever"},
        {jobs, "RemoveIPC", {}, "second to PrivateIPC=; costs nothing"},
        {jobs, "MemoryMax", {}, share},
        {jobs, "TasksMax", {}, share},
        {jobs, "SyslogLevelPrefix", {}, "as of a game: what they print has words of strangers (S47)"},
        {{"left4me-job-workshop@"}, "SocketBindDeny", {}, "nobody is served from here"},
    };
}

std::vector<Reason> of_the_watch()
{
    const Words scripts_see = {"Events.ScriptsSeeTheirCredentialAndNothingOfLeft4mes"};
    const Words view_of_watch = {"Watch.SeesNothingButItsOwn"};
    return {
        {watch, "RootDirectory", view_of_watch, "an empty root: what is not bound is not there"},
        {watch, "MountAPIVFS", {}, "/proc, /sys and /dev of its own in the empty root"},
        {watch, "BindLogSockets", view_of_watch, "the journal's sockets"},
        {watch, "BindPaths", view_of_watch, "what it writes"},
        {watch, "BindReadOnlyPaths", view_of_watch, "what it may know of servers, and its ways out"},
        {watch, "TemporaryFileSystem", view_of_watch, "the host's own files, and the state"},
        {watch,
         "RuntimeDirectory",
         {"Watch.ItsRecordsGoWithIt"},
         "what it tells is true for as long as it runs"},
        {watch, "User", view_of_watch, "not root"},
        {watch, "Group", view_of_watch, "not root"},
        {watch, "NotifyAccess", {"Watch.ComesBackWhenItIsKilled"}, "of its main process alone"},
        {watch, "Restart", {"Watch.ComesBackWhenItIsKilled"}, "it is there again"},
        {watch, "RestartSec", {}, "and not in a loop"},
        {watch, "Type", {"Watch.ComesBackWhenItIsKilled"}, "it is started once it watches"},
        {watch, "WatchdogSec", {"Watch.IsEndedWhenItHangsItself"}, "one that hangs is started anew"},
        {watch, "RemoveIPC", {}, "second to PrivateIPC=; costs nothing"},
        {watch, "MemoryMax", {}, share},
        {watch, "TasksMax", {}, share},
        {watch, "SocketBindDeny", {}, "nobody is served from here"},
        {watch,
         "IPAddressAllow",
         {"Watch.TellsWhatAGamePlays"},
         "what IPAddressDeny=any leaves: the games of this host"},
        {hung,
         "BindPaths",
         {"Ways/HungBy.IsRestartedAndSaysWhy/*"},
         "the one place of the state that it writes to"},
        {hung,
         "TemporaryFileSystem",
         {"Hung.TheUnitSeesNothingElseOfTheState"},
         "all else of the state"},
        {event, "DynamicUser", scripts_see, "a user of its own"},
        {event, "ImportCredential", scripts_see, "secrets of scripts, and no others"},
        {event, "NotifyAccess", {}, "nothing is to be told"},
        {event, "TimeoutStartSec", {}, "a script that hangs is ended"},
        {event, "MemoryMax", {}, share},
        {event, "TasksMax", {}, share},
        {hung, "TimeoutStartSec", {}, "a stop that takes long is waited for, and not for ever"},
        {hung, "TasksMax", {}, share},
        {watch_and_hung,
         "SyslogLevelPrefix",
         {},
         "as of a game: what they print has words of strangers (S47)"},
    };
}

std::vector<Reason> of_the_web()
{
    const Words view_of_web = {"Web.SeesNothingButItsOwn"};
    const Words comes_back = {"Web.ComesBackWhenItIsKilledAndLosesNoCaller"};
    return {
        {web, "RootDirectory", view_of_web, "an empty root: what is not bound is not there"},
        {web, "MountAPIVFS", {}, "/proc, /sys and /dev of its own in the empty root"},
        {web, "BindLogSockets", view_of_web, "the journal's sockets"},
        {web, "BindPaths", view_of_web, "what it writes, and its ways to root"},
        {web, "BindReadOnlyPaths", {"Web.HoldsNoTreeOfAServer"}, "the state, but no tree of a server"},
        {web, "MountFlags", {"Web.HoldsNoTreeOfAServer"}, "nor one of a server that starts later"},
        {web, "TemporaryFileSystem", view_of_web, "the host's own files"},
        {web,
         "LoadCredential",
         {"Web.KnowsItsSettingsByTheCredentialAlone"},
         "its settings and secrets"},
        {web, "User", view_of_web, "not root"},
        {web, "Group", view_of_web, "not root"},
        {web, "NotifyAccess", {"Broker.*"}, "of its main process alone"},
        {web, "Restart", comes_back, "it is there again"},
        {web, "RestartSec", {}, "and not in a loop"},
        {web, "Type", comes_back, "it is started once it serves"},
        {web, "WatchdogSec", {}, "one that hangs is started anew"},
        {web, "RemoveIPC", {}, "second to PrivateIPC=; costs nothing"},
        {web, "MemoryHigh", {}, share},
        {web, "MemoryMax", {}, share},
        {web, "TasksMax", {}, share},
        {web, "LimitNOFILE", {}, "connections, of which there are a thousand at most"},
        {web, "SyslogLevelPrefix", {}, "as of a game: what they print has words of strangers (S47)"},
    };
}

std::vector<Reason> of_shares()
{
    return {
        {server, "MemoryMax", {"MachineLimits.AServerOverItsMemoryIsKilledAndNoOther"}, "S32"},
        {server, "MemoryHigh", {"MachineLimits.AServerThatWantsAllMemoryIsHeldBack"}, "S32"},
        {server, "MemorySwapMax", {"MachineLimits.TheKernelHasThoseOfTheUnit"}, "S32"},
        {server, "TasksMax", {"MachineLimits.AServerThatForksWithoutEndIsHeldAtItsTasks"}, "S32"},
        {server, "LogRateLimitBurst", {"Flood.WithoutTheLimitAllOfItIsKept"}, "S34"},
        {server, "LogRateLimitIntervalSec", {"Flood.OfLogLinesIsCutShort"}, "S34"},
        {server, "SyslogLevelPrefix", {"Journal.ItIsTheSettingThatKeepsThePriority"}, "S47"},
        {{"left4me-layers-refresh", "left4me-workshop-refresh"},
         "SyslogLevelPrefix",
         {},
         "as of a game: what they print has words of strangers (S47)"},
        {games_and_builds,
         "LimitNOFILE",
         {"MachineLimits.TheKernelHasThoseOfTheUnit", "Sandbox.HasItsLimits"},
         "S32"},
        {build, "MemoryMax", {"Sandbox.HasItsLimits"}, "S32"},
        {build, "MemorySwapMax", {"Sandbox.HasItsLimits"}, "S32"},
        {build, "TasksMax", {"Sandbox.MayForkUntilItsLimit"}, "S32"},
        {build, "CPUQuota", {"MachineBuilds.OneAloneHasWhatItsQuotaAllows"}, "S32"},
        {steamcmd, "MemoryMax", {}, share},
        {steamcmd, "MemorySwapMax", {}, share},
        {steamcmd, "TasksMax", {}, share},
        {build, "RuntimeMaxSec", {"Sandbox.TakesNoLongerThanItsTime"}, "X3"},
        {build, "OOMPolicy", {}, "half of a build is no use"},
        {{"left4me-layers-refresh", "left4me-workshop-refresh"}, "MemoryMax", {}, share},
        {{"left4me-layers-refresh", "left4me-workshop-refresh"}, "TasksMax", {}, share},
        {{}, "Slice", {"Units.SlicesNestAndWeigh"}, "S32, and the packet rules (S29, X2)"},
        {{}, "CPUWeight", {}, share},
        {{}, "IOWeight", {}, share},
        {{}, "Nice", {}, share},
        {{}, "IOSchedulingClass", {}, share},
        {{}, "IOSchedulingPriority", {}, share},
        {{}, "OOMScoreAdjust", {}, share},
    };
}

std::vector<Reason> of_programs()
{
    const Words rules = {"left4me-nftables"};
    const Words with_user = {"left4me-server@", "left4me-build@", "left4me-layers-refresh",
                             "left4me-workshop-refresh"};
    return {
        {{}, "Type", {}, what_it_runs},
        {{}, "ExecStart", {}, what_it_runs},
        {{}, "ExecReload", {}, what_it_runs},
        {{}, "ExecStopPost", {}, what_it_runs},
        {{}, "RemainAfterExit", {}, what_it_runs},
        {server,
         "Restart",
         {"Restarts/EndsByItself.AGameThatEndsByItselfComesBack/*"},
         "an end by itself"},
        {server,
         "RestartMode",
         {"Restarts/EndsByItself.AGameThatEndsByItselfComesBack/crash"},
         "else each crash would count as a failure, and start the timer"},
        {server, "RestartSec", {}, "an end by itself"},
        {rules, "Restart", {"PacketRules.OutliveTheProgramThatOwnsThemAndAreOwnedAgain"}, "S46"},
        {rules,
         "RestartMode",
         {"PacketRules.OutliveTheProgramThatOwnsThemAndAreOwnedAgain"},
         "servers require the unit, and are not restarted with it"},
        {rules, "RestartSteps", {}, "a program that ends at once shall not keep the host busy"},
        {rules, "RestartMaxDelaySec", {}, "a program that ends at once shall not keep the host busy"},
        {rules,
         "RuntimeDirectory",
         {"PacketRules.StayAsTheyAreWhenTheirFilesAreWrong"},
         "where a reload is asked for"},
        {rules, "RuntimeDirectoryMode", {}, "where root alone asks for a reload"},
        {with_user, "User", {"Units.EveryDirectiveOfTheServerIsLoaded"}, "not root"},
        {with_user, "Group", {"Units.EveryDirectiveOfTheServerIsLoaded"}, "not root"},
        {{}, "KillMode", {"Sandbox.NothingThatItStartedOutlivesIt"}, "all of its processes (X3)"},
        {{}, "KillSignal", {}, "how it ends"},
        {{}, "TimeoutStopSec", {}, "how it ends"},
        {{}, "TimeoutStartSec", {}, "how it ends"},
        {build, "StandardInput", {}, "the caller's pipes"},
        {build, "StandardOutput", {"Sandbox.ShowsOutputAsItComes"}, "the caller's pipes"},
        {build, "StandardError", {"Sandbox.ShowsOutputAsItComes"}, "the caller's pipes"},
        {build, "IgnoreSIGPIPE", {"Sandbox.RunsTheScriptAsPromised"}, "scripts are pipelines"},
        {steamcmd,
         "StandardInput",
         {"Steam.AsksForPasswordAndCodeAndKeepsThemToItself"},
         "where its terminal comes from"},
        {steamcmd, "User", {"Steam.SteamcmdGetsAHomeATerminalAndNothingElse"}, "not root"},
        {steamcmd, "Group", {"Steam.SteamcmdGetsAHomeATerminalAndNothingElse"}, "not root"},
        {steamcmd, "WorkingDirectory", {}, "its home"},
        {build, "WorkingDirectory", {"Sandbox.RunsTheScriptAsPromised"}, ""},
    };
}

} // namespace

std::vector<Reason> reasons()
{
    auto all = of_the_sandbox();
    for (const auto& part :
         {of_brokers(), of_jobs(), of_the_watch(), of_the_web(), of_shares(), of_programs()})
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

} // namespace left4me::escape
