package chorus.search.testing;

import java.io.StringReader;
import java.io.IOException;
import java.io.Reader;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.br.BrazilianAnalyzer;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.cz.CzechAnalyzer;
import org.apache.lucene.analysis.da.DanishAnalyzer;
import org.apache.lucene.analysis.de.GermanAnalyzer;
import org.apache.lucene.analysis.de.GermanLightStemFilter;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.en.KStemFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.es.SpanishAnalyzer;
import org.apache.lucene.analysis.es.SpanishLightStemFilter;
import org.apache.lucene.analysis.fi.FinnishAnalyzer;
import org.apache.lucene.analysis.fr.FrenchAnalyzer;
import org.apache.lucene.analysis.fr.FrenchLightStemFilter;
import org.apache.lucene.analysis.hi.HindiAnalyzer;
import org.apache.lucene.analysis.it.ItalianAnalyzer;
import org.apache.lucene.analysis.it.ItalianLightStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.apache.lucene.analysis.ngram.NGramTokenFilter;
import org.apache.lucene.analysis.nl.DutchAnalyzer;
import org.apache.lucene.analysis.no.NorwegianAnalyzer;
import org.apache.lucene.analysis.pt.PortugueseAnalyzer;
import org.apache.lucene.analysis.pt.PortugueseLightStemFilter;
import org.apache.lucene.analysis.ru.RussianAnalyzer;
import org.apache.lucene.analysis.snowball.SnowballFilter;
import org.apache.lucene.analysis.sv.SwedishAnalyzer;
import org.apache.lucene.analysis.synonym.SolrSynonymParser;
import org.apache.lucene.analysis.synonym.SynonymGraphFilter;
import org.apache.lucene.analysis.synonym.SynonymMap;
import org.apache.lucene.analysis.tr.TurkishAnalyzer;
import org.elasticsearch.Build;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.cluster.metadata.IndexNameExpressionResolver;
import org.elasticsearch.cluster.node.DiscoveryNodes;
import org.elasticsearch.common.io.stream.NamedWriteableRegistry;
import org.elasticsearch.common.settings.ClusterSettings;
import org.elasticsearch.common.settings.IndexScopedSettings;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.common.settings.SettingsFilter;
import org.elasticsearch.env.Environment;
import org.elasticsearch.features.NodeFeature;
import org.elasticsearch.index.IndexService.IndexCreationContext;
import org.elasticsearch.index.IndexSettings;
import org.elasticsearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.AnalyzerProvider;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.PreBuiltAnalyzerProviderFactory;
import org.elasticsearch.index.analysis.PreConfiguredTokenFilter;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.indices.analysis.PreBuiltCacheFactory.CachingStrategy;
import org.elasticsearch.plugins.ActionPlugin;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;
import org.elasticsearch.rest.BaseRestHandler;
import org.elasticsearch.rest.RestController;
import org.elasticsearch.rest.RestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestResponse;
import org.elasticsearch.rest.RestStatus;
import org.elasticsearch.xcontent.XContentBuilder;

/**
 * Stands in for the `analysis-common` and `rest-root` modules, which the full Elasticsearch
 * distribution bundles and the integ-test distribution leaves out. The analysis is Lucene's own,
 * the same classes that the bundled module wraps, under the same names.
 */
public class LanguageAnalysisPlugin extends Plugin implements AnalysisPlugin, ActionPlugin {

    private static final Map<String, Supplier<Analyzer>> ANALYZERS = new LinkedHashMap<>();
    static {
        ANALYZERS.put("arabic", ArabicAnalyzer::new);
        ANALYZERS.put("brazilian", BrazilianAnalyzer::new);
        ANALYZERS.put("cjk", CJKAnalyzer::new);
        ANALYZERS.put("czech", CzechAnalyzer::new);
        ANALYZERS.put("danish", DanishAnalyzer::new);
        ANALYZERS.put("dutch", DutchAnalyzer::new);
        ANALYZERS.put("english", EnglishAnalyzer::new);
        ANALYZERS.put("finnish", FinnishAnalyzer::new);
        ANALYZERS.put("french", FrenchAnalyzer::new);
        ANALYZERS.put("german", GermanAnalyzer::new);
        ANALYZERS.put("hindi", HindiAnalyzer::new);
        ANALYZERS.put("italian", ItalianAnalyzer::new);
        ANALYZERS.put("norwegian", NorwegianAnalyzer::new);
        ANALYZERS.put("portuguese", PortugueseAnalyzer::new);
        ANALYZERS.put("russian", RussianAnalyzer::new);
        ANALYZERS.put("spanish", SpanishAnalyzer::new);
        ANALYZERS.put("swedish", SwedishAnalyzer::new);
        ANALYZERS.put("turkish", TurkishAnalyzer::new);
    }

    @Override
    public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
        Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> providers = new HashMap<>();
        ANALYZERS.forEach((language, make) -> providers.put(language, (index, env, name, settings) -> {
            Analyzer analyzer = make.get();
            return new AbstractIndexAnalyzerProvider<Analyzer>(name, settings) {
                @Override
                public Analyzer get() {
                    return analyzer;
                }
            };
        }));
        return providers;
    }

    @Override
    public List<PreBuiltAnalyzerProviderFactory> getPreBuiltAnalyzerProviderFactories() {
        List<PreBuiltAnalyzerProviderFactory> factories = new ArrayList<>();
        ANALYZERS.forEach((language, make) -> factories.add(
            new PreBuiltAnalyzerProviderFactory(language, CachingStrategy.LUCENE, make)));
        return factories;
    }

    @Override
    public List<PreConfiguredTokenFilter> getPreConfiguredTokenFilters() {
        return List.of(
            PreConfiguredTokenFilter.singleton("asciifolding", true, ASCIIFoldingFilter::new),
            PreConfiguredTokenFilter.singleton("porter_stem", false, PorterStemFilter::new),
            PreConfiguredTokenFilter.singleton("kstem", false, KStemFilter::new),
            PreConfiguredTokenFilter.singleton("remove_duplicates", false, RemoveDuplicatesTokenFilter::new)
        );
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        Map<String, AnalysisProvider<TokenFilterFactory>> filters = new HashMap<>();
        filters.put("asciifolding", filter((settings, in) ->
            new ASCIIFoldingFilter(in, settings.getAsBoolean("preserve_original", false))));
        filters.put("stemmer", filter((settings, in) -> stemmer(settings.get("language", settings.get("name", "porter")), in)));
        filters.put("snowball", filter((settings, in) -> new SnowballFilter(in, settings.get("language", "English"))));
        filters.put("remove_duplicates", filter((settings, in) -> new RemoveDuplicatesTokenFilter(in)));
        filters.put("edge_ngram", filter((settings, in) -> new EdgeNGramTokenFilter(
            in, settings.getAsInt("min_gram", 1), settings.getAsInt("max_gram", 2), settings.getAsBoolean("preserve_original", false))));
        filters.put("ngram", filter((settings, in) -> new NGramTokenFilter(
            in, settings.getAsInt("min_gram", 1), settings.getAsInt("max_gram", 2), settings.getAsBoolean("preserve_original", false))));
        filters.put("synonym_graph", AnalysisPlugin.requiresAnalysisSettings(
            (index, env, name, settings) -> new SynonymGraph(name, settings)));
        filters.put("synonym", filters.get("synonym_graph"));
        return filters;
    }

    private static AnalysisProvider<TokenFilterFactory> filter(BiFunction<Settings, TokenStream, TokenStream> make) {
        return (index, env, name, settings) -> new AbstractTokenFilterFactory(name, settings) {
            @Override
            public TokenStream create(TokenStream in) {
                return make.apply(settings, in);
            }
        };
    }

    private static TokenStream stemmer(String language, TokenStream in) {
        return switch (language.toLowerCase(Locale.ROOT)) {
            case "english", "porter" -> new PorterStemFilter(in);
            case "possessive_english" -> new EnglishPossessiveFilter(in);
            case "light_english", "kstem" -> new KStemFilter(in);
            case "light_german" -> new GermanLightStemFilter(in);
            case "light_french" -> new FrenchLightStemFilter(in);
            case "light_spanish" -> new SpanishLightStemFilter(in);
            case "light_italian" -> new ItalianLightStemFilter(in);
            case "light_portuguese" -> new PortugueseLightStemFilter(in);
            default -> new SnowballFilter(in, language.substring(0, 1).toUpperCase(Locale.ROOT) + language.substring(1));
        };
    }

    /** Parses `synonyms` with the token filters that stand before it in the analyzer, as the bundled module does. */
    private static class SynonymGraph extends AbstractTokenFilterFactory {
        private final Settings settings;

        SynonymGraph(String name, Settings settings) {
            super(name, settings);
            this.settings = settings;
        }

        @Override
        public TokenStream create(TokenStream in) {
            throw new IllegalStateException("create() is reached through getChainAwareTokenFilterFactory()");
        }

        @Override
        public TokenFilterFactory getChainAwareTokenFilterFactory(
            IndexCreationContext context, TokenizerFactory tokenizer, List<CharFilterFactory> charFilters,
            List<TokenFilterFactory> previous, Function<String, TokenFilterFactory> allFilters
        ) {
            Analyzer analyzer = new Analyzer() {
                @Override
                protected TokenStreamComponents createComponents(String field) {
                    Tokenizer source = tokenizer.create();
                    TokenStream stream = source;
                    for (TokenFilterFactory filter : previous) {
                        stream = filter.getSynonymFilter().create(stream);
                    }
                    return new TokenStreamComponents(source, stream);
                }
            };
            SynonymMap map;
            try {
                SolrSynonymParser parser = new SolrSynonymParser(true, settings.getAsBoolean("expand", true), analyzer);
                parser.parse(new StringReader(String.join("\n", settings.getAsList("synonyms"))));
                map = parser.build();
            } catch (IOException | ParseException e) {
                throw new IllegalArgumentException("failed to build synonyms", e);
            }
            String name = name();
            return new TokenFilterFactory() {
                @Override
                public String name() {
                    return name;
                }

                @Override
                public TokenStream create(TokenStream in) {
                    return map.fst == null ? in : new SynonymGraphFilter(in, map, false);
                }
            };
        }
    }

    @Override
    public java.util.Collection<RestHandler> getRestHandlers(
        Settings settings, NamedWriteableRegistry namedWriteables, RestController controller, ClusterSettings clusterSettings,
        IndexScopedSettings indexSettings, SettingsFilter filter, IndexNameExpressionResolver resolver,
        Supplier<DiscoveryNodes> nodes, Predicate<NodeFeature> features
    ) {
        return List.of(new BaseRestHandler() {
            @Override
            public String getName() {
                return "main_action";
            }

            @Override
            public List<Route> routes() {
                return List.of(new Route(RestRequest.Method.GET, "/"), new Route(RestRequest.Method.HEAD, "/"));
            }

            @Override
            protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
                return channel -> {
                    XContentBuilder body = channel.newBuilder().startObject();
                    body.field("name", "test-node").field("cluster_name", "test").field("cluster_uuid", "_na_");
                    body.startObject("version").field("number", Build.current().version()).field("build_flavor", "default").endObject();
                    body.field("tagline", "You Know, for Search").endObject();
                    channel.sendResponse(new RestResponse(RestStatus.OK, body));
                };
            }
        });
    }
}
