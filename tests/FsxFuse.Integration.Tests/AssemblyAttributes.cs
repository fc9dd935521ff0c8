// Each test drives a daemon and a real server on two cores: one at a time keeps them honest and their failures readable.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
