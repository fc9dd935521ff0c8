using System.Collections.Concurrent;
using Amazon.Runtime.Endpoints;
using Amazon.S3.Endpoints;

namespace FsxFuse.Repository.Objects.S3;

/// <summary>
/// Remembers where requests go. The SDK works that out anew, twice for each request, from rules written for every kind of bucket: a tenth of
/// what a HEAD costs here. One client's answers differ only by what is in <see cref="Question"/>; the keys of objects have no part in them.
/// </summary>
internal sealed class EndpointCache(IEndpointProvider rules) : IEndpointProvider
{
    private readonly ConcurrentDictionary<Question, Endpoint> _answers = new();

    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        if (parameters is not S3EndpointParameters known)
            return rules.ResolveEndpoint(parameters);
        Question question = new(known.Bucket, known.Region, known.Endpoint, known.UseS3ExpressControlEndpoint, known.DisableS3ExpressSessionAuth, known.UseObjectLambdaEndpoint);
        Endpoint answer = _answers.GetOrAdd(question, static (_, state) => state.rules.ResolveEndpoint(state.parameters), (rules, parameters));
        // The SDK adds a slash to the address of what it is given, for some requests; the rest it only reads.
        return new Endpoint(answer.URL) { Attributes = answer.Attributes, Headers = answer.Headers };
    }

    private readonly record struct Question(string? Bucket, string? Region, string? Endpoint, bool? ExpressControl, bool? NoExpressSession, bool? ObjectLambda);
}
